"""How the report looks: two palettes, and the style sheet made of them.

Every colour of text reaches 4.5:1 on the surfaces it stands on, every line that carries meaning 3:1
(a test computes both). Colour never is the only sign: flags have a shape and a word too.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "page": "#f5f7f9",
    "surface": "#ffffff",
    "ink": "#18212b",
    "muted": "#525e6b",
    "line": "#d9dfe6",
    "axis": "#7a8794",
    "band": "#d6e6f4",
    "edge": "#3a78ad",
    "link": "#0b5394",
    "low": "#9c3d06",
    "low-soft": "#fcebe0",
    "critical": "#8e1b1b",
    "critical-soft": "#fbe3e1",
    "within": "#17548a",
    "within-soft": "#e6f0f9",
    "high": "#643a94",
    "high-soft": "#f0e9f8",
    "undetermined": "#48535f",
    "undetermined-soft": "#edf0f3",
}
DARK = {
    "page": "#10161c",
    "surface": "#19222b",
    "ink": "#e9eef3",
    "muted": "#aab6c2",
    "line": "#323f4b",
    "axis": "#7f8d9b",
    "band": "#20405c",
    "edge": "#74afe0",
    "link": "#9ccbf5",
    "low": "#ffb48c",
    "low-soft": "#3b2618",
    "critical": "#ffa3a0",
    "critical-soft": "#451d1d",
    "within": "#93c8f6",
    "within-soft": "#18334d",
    "high": "#d0b6f6",
    "high-soft": "#30254a",
    "undetermined": "#c3cdd7",
    "undetermined-soft": "#2b3641",
}
FLAG_COLOURS = {
    "critical-low": "critical",
    "low": "low",
    "within": "within",
    "high": "high",
    "critical-high": "critical",
    "undetermined": "undetermined",
    "mixed": "undetermined",
}


def style_sheet() -> str:
    """The whole style sheet of a report; a page that shows one picture needs it too."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    flags = "".join(_flag_rules(flag, colour) for flag, colour in FLAG_COLOURS.items())
    return f":root{{color-scheme:light dark;{_variables(LIGHT)}}}{dark}{_PAGE}{_PICTURES}{_FIT}{_OWN}{flags}{_MARKS}{_PHONE}{_PRINT}"


def _variables(palette: Mapping[str, str]) -> str:
    return "".join(f"--lk-{name}:{colour};" for name, colour in palette.items())


def _flag_rules(flag: str, colour: str) -> str:
    ink, soft = f"var(--lk-{colour})", f"var(--lk-{colour}-soft)"
    return (
        f".lk-{flag}{{fill:{ink};stroke:{ink}}}.lk-text-{flag}{{fill:{ink}}}"
        f".lk-stem-{flag}{{stroke:{ink}}}"
        f".lk-mark.lk-hollow-{flag}{{fill:var(--lk-surface);stroke:{ink};stroke-width:2}}"
        f".lk-flag-{flag}{{color:{ink};background:{soft}}}"
        f".lk-head-{flag}{{border-inline-start-color:{ink};background:{soft}}}"
        f".lk-head-{flag} .lk-sign{{color:{ink}}}"
    )


_PAGE = """
*{box-sizing:border-box}
body{margin:0;background:var(--lk-page);color:var(--lk-ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
.lk-wrap{max-width:70rem;margin-inline:auto;padding:1.5rem 1rem 3rem}
h1,h2,h3,h4,p,dl,ul,figure,table{margin:0}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em}
h2{font-size:1.3rem;line-height:1.3}
h3{font-size:1.05rem;margin-block:2rem .75rem}
h4{font-size:1rem;line-height:1.3}
a{color:var(--lk-link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--lk-link);outline-offset:2px}
body{overflow-wrap:break-word}
dd,li,h1,h2{overflow-wrap:anywhere}
.lk-muted{color:var(--lk-muted)}
.lk-by{margin-block-start:.75rem}
.lk-by dt,.lk-facts dt{color:var(--lk-muted)}
.lk-by dd,.lk-facts dd{margin:0}
.lk-by div,.lk-facts div{display:flex;flex-wrap:wrap;gap:0 .5rem}
.lk-facts{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;margin-block-start:.25rem}
.lk-care{margin-block-start:1.25rem;padding:.75rem 1rem;border:1px solid var(--lk-axis);
border-radius:.5rem;background:var(--lk-surface)}
.lk-panel{margin-block-start:1.5rem;padding:1.5rem;background:var(--lk-surface);
border:1px solid var(--lk-line);border-radius:.75rem}
.lk-headline{display:flex;gap:.75rem;margin-block-start:1rem;padding:1rem 1.25rem;
border-inline-start:.35rem solid;border-radius:.5rem}
.lk-headline .lk-sign{font-size:1.25rem;line-height:1.9rem}
.lk-headline strong{display:block;font-size:1.4rem;line-height:1.9rem;font-weight:650}
.lk-findings{list-style:none;padding:0;margin-block-start:1rem}
.lk-findings li{margin-block:.45rem}
.lk-findings .lk-flag{margin-inline-end:.5rem}
.lk-driver{margin-block-start:.75rem;font-weight:650}
.lk-cards{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19.5rem),1fr))}
.lk-card{padding:1rem 1rem .6rem;border:1px solid var(--lk-line);border-radius:.6rem;min-width:0}
.lk-card figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;
gap:.25rem .4rem;margin-block-end:.75rem}
.lk-card h4{font-size:.95rem}
.lk-card figcaption .lk-flag{font-size:.8rem;padding-inline:.5rem}
.lk-card p{margin-block-start:.6rem}
.lk-card .lk-muted{font-size:.875rem}
.lk-unit{color:var(--lk-muted);font-weight:400;font-size:.875rem}
.lk-flag{display:inline-flex;gap:.35em;white-space:nowrap;padding:.1rem .6rem;border-radius:1rem;
font-size:.875rem;font-weight:650}
.lk-flag-critical-low,.lk-flag-critical-high{outline:1.5px solid;outline-offset:-1.5px}
details{margin-block-start:.6rem;font-size:.875rem;overflow-x:auto}
.lk-card:has(details[open] .lk-stack){grid-column:1/-1}
td a,th a{font-weight:400}
tbody tr:last-child>*{border-block-end:0}
summary{cursor:pointer;color:var(--lk-link);padding-block:.35rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.35}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details caption{position:static;width:auto;height:auto;clip-path:none;white-space:normal;
text-align:start;color:var(--lk-muted);padding-block-end:.35rem}
th,td{text-align:start;vertical-align:top;padding:.5rem .75rem .5rem 0;
padding-inline:0 .75rem;border-block-end:1px solid var(--lk-line)}
th{font-weight:600}
thead th{color:var(--lk-muted);vertical-align:bottom}
.lk-n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
.lk-nowrap{white-space:nowrap}
thead .lk-n{white-space:normal}
.lk-wide{min-width:9em}
.lk-after{margin-block-start:.6rem}
.lk-notes{padding-inline-start:1.2rem;color:var(--lk-muted);font-size:.9375rem}
.lk-notes li{margin-block:.3rem}
.lk-total{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin-block-start:1rem}
.lk-total div{display:flex;flex-direction:column-reverse}
.lk-total dd{margin:0;font-size:1.6rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.lk-total dt{color:var(--lk-muted);font-size:.875rem}
footer{margin-block-start:2rem;color:var(--lk-muted);font-size:.9375rem}
footer p{margin-block-start:.4rem}
"""
_PICTURES = """
.lk-picture{display:block;width:100%;max-width:24rem;height:auto;direction:ltr;overflow:visible;
margin-inline:auto;font-family:inherit;font-variant-numeric:tabular-nums}
.lk-text{fill:var(--lk-ink)}
.lk-value{font-size:15px;font-weight:650}
.lk-number{font-size:13px;font-weight:600}
.lk-small{font-size:12px;fill:var(--lk-muted)}
.lk-faint{font-size:12px;fill:var(--lk-muted)}
.lk-axis{stroke:var(--lk-axis);stroke-width:2;stroke-linecap:round}
.lk-band{fill:var(--lk-band);stroke:var(--lk-edge);stroke-width:1.5;stroke-linejoin:round}
.lk-limit{stroke:var(--lk-edge);stroke-width:2}
.lk-break{stroke:var(--lk-ink);stroke-width:1.75;fill:none}
.lk-side-low{fill:var(--lk-low-soft)}
.lk-side-within{fill:var(--lk-within-soft)}
.lk-count-line{stroke:var(--lk-ink);stroke-width:2}
.lk-count-range{fill:var(--lk-ink);opacity:.45}
"""
_FIT = """
.lk-fit .lk-cards{grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));margin-block-start:1rem}
.lk-fit .lk-picture{max-width:36rem}
.lk-fit h4{margin-block:1rem .4rem}
.lk-fit figcaption h4{margin:0}
.lk-fit-bar{fill:var(--lk-line)}
.lk-fit-reference{fill:var(--lk-within);fill-opacity:.16;stroke:var(--lk-within);stroke-width:2}
.lk-fit-sick{fill:none;stroke:var(--lk-low);stroke-width:2;stroke-dasharray:5 3}
.lk-curve{fill:none;stroke:var(--lk-within);stroke-width:2.5}
.lk-curve-printed{stroke:var(--lk-edge);stroke-width:1;opacity:.55}
.lk-curve-dot{fill:var(--lk-muted);opacity:.8}
.lk-fit-interval{fill:var(--lk-edge);opacity:.25}
.lk-sign-here th,.lk-sign-here td{height:3rem;vertical-align:bottom;border-block-end:1px solid var(--lk-axis)}
.lk-sign-here{table-layout:fixed}
.lk-sign-here th,.lk-sign-here td{overflow-wrap:normal;padding-inline-end:.3rem}
.lk-sign-here th:first-child{width:32%}
.lk-sign-here thead th{height:auto;border:0}
.lk-sign-here tbody tr:last-child>*{border-block-end:1px solid var(--lk-axis)}
"""
_OWN = """
.lk-own figure{margin-block-start:.5rem}
.lk-own .lk-picture{max-width:none}
.lk-own-narrow{display:none}
.lk-own-defined{fill:var(--lk-undetermined-soft)}
.lk-own-limit{fill:none;stroke:var(--lk-axis);stroke-width:1.5;stroke-dasharray:2 3}
.lk-own-grid{stroke:var(--lk-line);stroke-width:1}
.lk-own-band{fill:var(--lk-band);fill-opacity:.75}
.lk-own-edge{fill:none;stroke:var(--lk-edge);stroke-width:2;stroke-linecap:round}
.lk-own-dashed{stroke-dasharray:5 4;stroke-width:1.75}
.lk-own-thread{fill:none;stroke:var(--lk-ink);stroke-width:1.25;opacity:.4}
.lk-own-count{fill:var(--lk-ink)}
.lk-mark.lk-own-stray{fill:var(--lk-surface);stroke:var(--lk-ink);stroke-width:2}
.lk-own-out{fill:none;stroke:var(--lk-axis);stroke-width:2;stroke-linecap:round}
.lk-own-fall{stroke:var(--lk-low);stroke-width:1.5}
.lk-keys{list-style:none;padding:0;margin-block-start:.6rem;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;
color:var(--lk-muted);font-size:.875rem}
.lk-keys li{display:flex;align-items:center;gap:.45rem}
.lk-key{flex:none;display:inline-block;width:.7rem;height:.7rem}
.lk-key-band{width:1.4rem;background:var(--lk-band);border-block:2px solid var(--lk-edge)}
.lk-key-defined{width:1.4rem;background:var(--lk-undetermined-soft);border-block:1.5px dotted var(--lk-axis)}
.lk-key-count{border-radius:50%;background:var(--lk-ink)}
.lk-key-stray{border-radius:50%;border:2px solid var(--lk-ink)}
.lk-key-low{width:0;height:0;border:.38rem solid transparent;border-block-start:.65rem solid var(--lk-low);
border-block-end:0}
.lk-key-out{background:linear-gradient(45deg,transparent 43%,var(--lk-axis) 43% 57%,transparent 57%),
linear-gradient(-45deg,transparent 43%,var(--lk-axis) 43% 57%,transparent 57%)}
"""
_MARKS = """
.lk-mark,.lk-vote{stroke:var(--lk-surface);stroke-width:1.5;stroke-linejoin:round}
.lk-vote{stroke-width:.75}
.lk-stem{stroke-width:2}
.lk-mark.lk-undetermined{fill:var(--lk-surface);stroke:var(--lk-undetermined);stroke-width:2}
.lk-range.lk-undetermined{fill-opacity:.55}
"""
_PHONE = """
@media (max-width:46rem){
.lk-wrap{padding-inline:.75rem}
.lk-panel{padding:1rem}
h1{font-size:1.5rem}
.lk-headline{padding:.75rem 1rem}
.lk-own-wide{display:none}
.lk-own-narrow{display:block}
.lk-headline strong{font-size:1.2rem;line-height:1.6rem}
.lk-headline .lk-sign{line-height:1.6rem}
.lk-stack,.lk-stack tbody,.lk-stack tr,.lk-stack td,.lk-stack th{display:block}
.lk-stack .lk-nowrap,.lk-stack .lk-flag{white-space:normal}
.lk-stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.lk-stack tr{padding-block:.6rem;border-block-end:1px solid var(--lk-line)}
.lk-stack th,.lk-stack td{border:0;padding:.1rem 0;text-align:start;white-space:normal}
.lk-stack th{font-size:1rem;padding-block-end:.25rem}
.lk-stack td{display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:.5rem}
.lk-stack td>*{justify-self:start;text-align:match-parent}
.lk-stack td::before{content:attr(data-label);color:var(--lk-muted)}
.lk-stack td:empty,.lk-stack td.lk-none{display:none}
}
"""
_PRINT = """
@media print{
@page{margin:14mm}
body{background:none;font-size:10pt}
.lk-wrap{max-width:none;padding:0 1px}
.lk-panel{border:0;border-block-start:1.5pt solid var(--lk-axis);border-radius:0;padding:1rem 0 0}
.lk-card,.lk-headline,tr,table{break-inside:avoid}
h2,h3,h4,caption,.lk-facts,.lk-headline,.lk-driver,.lk-findings{break-after:avoid}
.lk-cards{grid-template-columns:repeat(2,minmax(0,1fr))}
.lk-picture,.lk-flag,.lk-headline{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details:not([open]){display:none}
table{font-size:8pt}
.lk-fit .lk-cards{display:block}
.lk-fit .lk-card{margin-block-end:.8rem}
.lk-fit .lk-picture{max-width:26rem}
.lk-fit .lk-card p{font-size:8pt}
.lk-fit section:has(.lk-sign-here){break-inside:avoid}
.lk-fit h3{margin-block-start:1.2rem}
.lk-own figure{break-inside:avoid}
.lk-own table{break-inside:auto}
.lk-key{print-color-adjust:exact;-webkit-print-color-adjust:exact}
th,td{padding-block:.25rem}
}
"""
