"""The pages that editors make: the page about a low count, what stands beneath it, the news."""
