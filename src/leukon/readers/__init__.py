"""Files and text in, panels and batches out: the only place that parses."""
