// How the page looks: one column of text, one accent, two schemes, and paper. No file of its own, so that the page is one file.

const light = `
  --page: #fcfcfa; --ink: #1c1d1f; --quiet: #686b70; --rule: #dcdcd6; --raised: #f3f3ef;
  --accent: #9a3412; --better: #17653b; --worse: #a3242b; --mark: #fbe9c6;
  --series-0: #8b8e94; --series-1: #b4441a; --series-2: #1f6f9c; --series-3: #4d7c2f;
  --series-4: #7a4fa3; --series-5: #a3791a; --series-6: #117a74; --series-7: #b03a78;`;

const dark = `
  --page: #16171a; --ink: #e6e5e1; --quiet: #9a9da3; --rule: #35373c; --raised: #1f2125;
  --accent: #f08a5d; --better: #6ecb91; --worse: #f0868b; --mark: #4a3b17;
  --series-0: #8d9097; --series-1: #f08a5d; --series-2: #6cb4dd; --series-3: #9acb74;
  --series-4: #bd9be0; --series-5: #dcb45a; --series-6: #5fc7c0; --series-7: #ea86b6;`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
header { margin-bottom: 2.25rem; max-width: 60rem; }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin: 0 0 0.6rem; text-wrap: balance; }
h2 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; margin: 3.25rem 0 1rem; }
h3 { font-size: 1rem; font-weight: 650; margin: 1.25rem 0 0.5rem; overflow-wrap: anywhere; }
p { margin: 0.5rem 0; max-width: 46rem; }
.lead { font-size: 1.125rem; max-width: none; }
small { display: block; font-size: 0.75rem; font-weight: 400; line-height: 1.35; color: var(--quiet); }
.quiet, figcaption, .caption { color: var(--quiet); }
.caption, figcaption, p.quiet { font-size: 0.875rem; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.8125rem; overflow-wrap: anywhere; }
pre { background: var(--raised); padding: 1rem; border-radius: 4px; overflow-x: auto; line-height: 1.4; }
mark { background: var(--mark); color: inherit; padding: 0.1em 0.3em; border-radius: 2px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { text-align: left; font-weight: 400; }
td, th { padding: 0.4rem 0.7rem; vertical-align: baseline; }
td:last-child, th:last-child { padding-right: 0.25rem; }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
thead th { vertical-align: bottom; font-size: 0.875rem; color: var(--quiet); line-height: 1.3; }
thead tr:last-child th, thead th[rowspan] { border-bottom: 1.5px solid var(--ink); }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
.scores { width: 100%; border-bottom: 1.5px solid var(--ink); }
.scores td, .scores tbody th { padding-top: 0.7rem; padding-bottom: 0.7rem; }
.scores td, .scores th { padding-left: 0.5rem; padding-right: 0.5rem; }
.scores tbody th { min-width: 12rem; }
.scores .label { font-weight: 600; overflow-wrap: anywhere; }
.scores .words { font-size: 0.875rem; color: var(--quiet); min-width: 8rem; }
.scores .span { text-align: center; color: var(--ink); font-weight: 600; border-bottom: 1px solid var(--rule); }
.scores .apart { border-left: 1px solid var(--rule); }
.scores td.hero { font-size: 1.25rem; }
.scores th.hero { color: var(--ink); font-weight: 600; }
.scores td small { margin-top: 0.1rem; }
.scores.dense td, .scores.dense th { padding-left: 0.3rem; padding-right: 0.3rem; }
.scores.dense thead th { font-size: 0.8125rem; }
.scores.dense thead small { font-size: 0.6875rem; }
.scores.dense tbody th { min-width: 9rem; }
.scores.dense td.hero { font-size: 1.125rem; }
.scores.dense .words { min-width: 6rem; }
tr > th:first-child[scope="row"], thead tr:first-child th:first-child { padding-left: 0; }
.scores .group th { padding: 1.6rem 0 0.35rem; font-weight: 650; color: var(--accent); }
.deviation { font-size: 0.75em; }
.dense .deviation { display: block; font-size: 0.75rem; line-height: 1.35; margin-top: 0.1rem; font-weight: 400; }
.best .value, td.best { font-weight: 700; }
.tag { font-size: 0.75rem; color: var(--quiet); border: 1px solid var(--rule); border-radius: 3px; padding: 0 0.35em; margin-left: 0.25em; white-space: nowrap; }
.gain.better { color: var(--better); }
.gain.worse { color: var(--worse); }
.gain.same { color: var(--quiet); }
td > .gain { font-weight: 600; }
.plain { font-size: 0.875rem; }
.plain td, .plain th { padding-top: 0.22rem; padding-bottom: 0.22rem; }
.recipe td { min-width: 7rem; }
.swatch { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 2px; margin-right: 0.5em; outline: 1px solid color-mix(in srgb, var(--ink) 25%, transparent); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
figure { margin: 1rem 0 1.5rem; }
figcaption { margin-top: 0.4rem; max-width: 46rem; }
figure img { display: block; max-width: 100%; height: auto; }
.chart { display: block; max-width: 100%; height: auto; overflow: visible; font-family: inherit; }
.chart text { white-space: pre; }
.wide > .chart { min-width: 42rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); gap: 0.5rem 2rem; align-items: start; }
.grid figure { margin: 0.75rem 0; }
.grid figure:not(.small) { grid-column: 1 / -1; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; padding: 0; margin: 0 0 0.75rem; font-size: 0.875rem; }
.legend svg { margin-right: 0.5em; vertical-align: baseline; }
details { margin: 0.75rem 0; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
dl { margin: 0; font-size: 0.875rem; }
dl div { display: grid; grid-template-columns: 9.5rem 1fr; gap: 0.75rem; padding: 0.15rem 0; }
dt { color: var(--quiet); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
ul.notes { padding-left: 1.1rem; font-size: 0.875rem; color: var(--quiet); }
footer { margin-top: 4rem; border-top: 1px solid var(--rule); padding-top: 0.75rem; font-size: 0.8125rem; color: var(--quiet); }
@media (max-width: 40rem) { main { padding: 1.5rem 1rem 3rem; } h1 { font-size: 1.5rem; } }
@page { margin: 14mm; }
@media print {
  :root { ${light} --page: #fff; color-scheme: light; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  .wide > .chart { min-width: 0; }
  h2 { margin-top: 1.6rem; }
  h1, h2, h3, summary, .legend { break-after: avoid; }
  figure, tr, .unit, dl div { break-inside: avoid; }
  thead { display: table-header-group; }
  .scores { font-size: 8.5pt; }
  .scores td, .scores th, .scores.dense td, .scores.dense th { padding-left: 0.3rem; padding-right: 0.3rem; }
  .scores td.hero { font-size: 11pt; }
  .scores tbody th { min-width: 7rem; }
  .grid { grid-template-columns: 1fr 1fr; }
  details.print-open::details-content { display: block; content-visibility: visible; height: auto; }
  details:not([open], .print-open) { display: none; }
  details.print-open > summary { list-style: none; color: inherit; font-weight: 600; }
  a { color: inherit; text-decoration: none; }
}
`;
