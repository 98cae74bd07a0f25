#include "lineage/page.h"

namespace cairn::lineage {

const std::string_view kPageStyle = R"css(
:root { --ink: #1f2933; --line: #9aa5b1; --paper: #fbfbf9; --quiet: #52606d;
  --complete: #2f855a; --running: #2b6cb0; --fail: #c53030; --abort: #c05621; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--paper); display: flex; flex-direction: column;
  height: 100vh; font: 14px/1.4 system-ui, sans-serif; }
header { padding: 10px 16px; border-bottom: 1px solid #e4e7eb; background: #fff; }
h1 { font-size: 16px; margin: 0 0 8px; overflow-wrap: anywhere; }
#tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
button, input { font: inherit; padding: 3px 10px; border: 1px solid #cbd2d9; border-radius: 4px;
  background: #fff; color: inherit; }
button { cursor: pointer; }
button[aria-pressed=true] { background: var(--ink); color: #fff; }
.legend { color: var(--quiet); display: inline-flex; gap: 12px; margin-left: auto; }
.legend i { display: inline-block; width: 18px; height: 3px; margin-right: 4px; vertical-align: middle; }
main { flex: 1; display: flex; min-height: 0; }
#canvas { flex: 1; overflow: auto; }
#details { width: 320px; overflow: auto; padding: 12px 16px; border-left: 1px solid #e4e7eb;
  background: #fff; }
#details h2 { font-size: 14px; margin: 0 0 8px; overflow-wrap: anywhere; }
#details h3 { font-size: 13px; margin: 16px 0 4px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 10px; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .small { font-size: 10px; fill: var(--quiet); }
svg .box { fill: #fff; stroke: var(--line); }
svg g.node { cursor: pointer; }
svg g.node:focus { outline: none; }
svg g.node:focus .box, svg g.node:hover .box { stroke-width: 2; stroke: var(--ink); }
svg .focus .box { stroke-width: 3; stroke: var(--ink); }
svg .failed .box { stroke: var(--fail); stroke-width: 2; fill: #fff5f5; }
svg .edge { fill: none; stroke-width: 1.5; }
.COMPLETE { stroke: var(--complete); } .RUNNING { stroke: var(--running); stroke-dasharray: 6 3; }
.FAIL { stroke: var(--fail); } .ABORT { stroke: var(--abort); stroke-dasharray: 2 3; }
i.COMPLETE { background: var(--complete); } i.RUNNING { background: var(--running); }
i.FAIL { background: var(--fail); } i.ABORT { background: var(--abort); }
#found { position: absolute; z-index: 1; margin: 2px 0 0; padding: 0; list-style: none; background: #fff;
  border: 1px solid #cbd2d9; max-height: 300px; overflow: auto; }
#found li { padding: 3px 10px; cursor: pointer; }
#found li:hover { background: #f0f4f8; }
@media (max-width: 800px) { main { flex-direction: column; } #details { width: auto; max-height: 40%;
  border-left: 0; border-top: 1px solid #e4e7eb; } }
)css";

}  // namespace cairn::lineage
