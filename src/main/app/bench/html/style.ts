/** The report's only style sheet: light or dark as the reader's system is, and fit for paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f6f7f9; --ink: #1c2430; --quiet: #5b6675; --rule: #dde2e9;
  --bar: #d6e4fb; --right: #2f8f5b; --wrong: #d9822b;
  --s1: #2b6cd4; --s2: #c2571a; --s3: #2f8f5b; --s4: #8a4fc4;
  --p1: #9aa5b4; --p2: #2b6cd4; --p3: #5f97ea; --p4: #2f8f5b; --p5: #79bd98; --p6: #c2571a; --p7: #8a4fc4; --p8: #d9a03a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181f; --panel: #1c222b; --ink: #e6eaf0; --quiet: #9aa5b4; --rule: #313945;
    --bar: #24426e; --right: #5cbf8b; --wrong: #e59a4c;
    --s1: #74a8ff; --s2: #f0925a; --s3: #5cbf8b; --s4: #bd8df0;
    --p1: #66717f; --p2: #74a8ff; --p3: #3f6bb3; --p4: #5cbf8b; --p5: #36795a; --p6: #f0925a; --p7: #bd8df0; --p8: #e3b75e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1440px; margin: 0 auto; padding: 40px 32px 80px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 48px 0 8px; }
h3 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 6px 0; max-width: 78ch; }
.quiet, caption { color: var(--quiet); }
code { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px 20px; margin: 24px 0; padding: 16px 20px; background: var(--panel); border-radius: 10px; }
dl.facts dt { color: var(--quiet); font-size: 12px; }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 12px 0; }
table { border-collapse: collapse; width: 100%; font-size: 12.5px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: 13px; padding: 0 0 6px; }
th, td { padding: 5px 7px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 600; vertical-align: bottom; color: var(--quiet); }
th.text, td.text { text-align: left; }
td.name { font-weight: 600; }
tr.meaningless td { color: var(--quiet); }
tr.best td.score { font-weight: 700; }
td.score { min-width: 68px; background: linear-gradient(90deg, var(--bar) var(--part, 0%), transparent var(--part, 0%)); }
.badge { display: inline-block; margin-left: 8px; padding: 0 7px; border: 1px solid var(--rule); border-radius: 9px; font-size: 11px; font-weight: 400; color: var(--quiet); }
details { border: 1px solid var(--rule); border-radius: 10px; margin: 10px 0; background: var(--panel); }
summary { cursor: pointer; padding: 12px 16px; font-weight: 600; }
summary span { font-weight: 400; color: var(--quiet); margin-left: 10px; }
details > div { padding: 0 16px 16px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 20px; }
svg.plot { width: 100%; max-width: 520px; height: auto; display: block; }
svg.shares { width: 100%; border-radius: 4px; display: block; }
.grid { stroke: var(--rule); stroke-width: 1; }
.tick, .axis { fill: var(--quiet); font-size: 10.5px; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.series-1 { stroke: var(--s1); } .line.series-2 { stroke: var(--s2); } .line.series-3 { stroke: var(--s3); } .line.series-4 { stroke: var(--s4); }
.dot.series-1 { fill: var(--s1); } .dot.series-2 { fill: var(--s2); } .dot.series-3 { fill: var(--s3); } .dot.series-4 { fill: var(--s4); }
rect.right { fill: var(--right); } rect.wrong { fill: var(--wrong); }
rect.part-1 { fill: var(--p1); } rect.part-2 { fill: var(--p2); } rect.part-3 { fill: var(--p3); } rect.part-4 { fill: var(--p4); }
rect.part-5 { fill: var(--p5); } rect.part-6 { fill: var(--p6); } rect.part-7 { fill: var(--p7); } rect.part-8 { fill: var(--p8); }
.legend { font-size: 12px; color: var(--quiet); display: flex; flex-wrap: wrap; align-items: center; gap: 2px 14px; }
.item { display: inline-flex; align-items: center; white-space: nowrap; }
.key { width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; }
.key.series-1 { background: var(--s1); } .key.series-2 { background: var(--s2); } .key.series-3 { background: var(--s3); } .key.series-4 { background: var(--s4); }
.key.right { background: var(--right); } .key.wrong { background: var(--wrong); }
.key.part-1 { background: var(--p1); } .key.part-2 { background: var(--p2); } .key.part-3 { background: var(--p3); } .key.part-4 { background: var(--p4); }
.key.part-5 { background: var(--p5); } .key.part-6 { background: var(--p6); } .key.part-7 { background: var(--p7); } .key.part-8 { background: var(--p8); }
.classes { max-height: 340px; overflow: auto; }
.classes thead th { position: sticky; top: 0; background: var(--panel); }
.worst { display: grid; grid-template-columns: repeat(auto-fit, minmax(440px, 1fr)); gap: 16px; }
figure { margin: 0; }
figure div { display: grid; grid-template-columns: 1fr 1fr; gap: 4px; align-items: start; }
figure img { width: 100%; height: auto; border-radius: 6px; display: block; }
figcaption { font-size: 12px; color: var(--quiet); overflow-wrap: anywhere; }
footer { margin-top: 56px; color: var(--quiet); font-size: 13px; border-top: 1px solid var(--rule); padding-top: 12px; }
@media print { details > div { display: block; } main { max-width: none; padding: 0; } }
`
