/** The page's one style sheet: light and dark, phone, print, forced colours; no font and no picture from elsewhere. */
export const style = `
:root{color-scheme:light dark;
--bg:light-dark(#f5f6f8,#0e1116);--card:light-dark(#fff,#161b22);--ink:light-dark(#1b2028,#e6e9ee);
--soft:light-dark(#586170,#98a2b0);--line:light-dark(#dfe3e8,#2b323c);--code:light-dark(#f8f9fb,#10151c);
--pass:light-dark(#187a3c,#4cc274);--fail:light-dark(#c3232d,#ff7b78);--warn:light-dark(#8a5a00,#e3b341);
--waive:light-dark(#7442b8,#c297ff);--plan:light-dark(#5f6975,#8f99a6);--link:light-dark(#0a5ad4,#6cb0ff);
--passbg:light-dark(#e3f5e9,#12301d);--failbg:light-dark(#fdeaea,#3a1718);--warnbg:light-dark(#fdf3d8,#33280f);
--waivebg:light-dark(#f1e9fc,#291d3d);--planbg:light-dark(#edeff2,#22282f);
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
*{box-sizing:border-box}
html{scroll-padding-top:5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.page{max-width:72rem;margin:0 auto;padding:1.25rem}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h2{font-size:1.2rem;margin-bottom:.8rem}h3{font-size:1rem;margin:1.2rem 0 .5rem}h4{font-size:.9rem;margin:1.1rem 0 .4rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.hidden,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:fixed;top:.5rem;left:.5rem;z-index:9;background:var(--card);padding:.5rem 1rem}
.card,.top{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.25rem;margin-bottom:1rem}
.count{color:var(--soft);font-weight:400}.none{color:var(--soft);font-size:.85rem;margin:.3rem 0}
.top{border-top:5px solid var(--pass)}.top.failing{border-top-color:var(--fail)}
.verdict{display:flex;gap:1.1rem;align-items:center}.verdict svg{flex:none}
.verdict circle{fill:var(--pass)}.failing .verdict circle{fill:var(--fail)}
.verdict path{fill:none;stroke:var(--card);stroke-width:3.2;stroke-linecap:round;stroke-linejoin:round}
.eyebrow{color:var(--soft);font-size:.85rem}h1{font-size:2.1rem;line-height:1.15;letter-spacing:.01em;color:var(--pass)}
.failing h1{color:var(--fail)}.headline{font-size:1.05rem}
.figures{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin-top:1.1rem;padding-top:1rem;border-top:1px solid var(--line)}
.figures dt{color:var(--soft);font-size:.8rem}.figures dd{font-size:1.1rem;font-variant-numeric:tabular-nums}
.figures .bad dd{color:var(--fail);font-weight:700}.only{margin-top:.8rem;color:var(--warn)}
.bars{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1.25rem}
.bar figcaption{margin-bottom:.35rem}.barline{display:block;width:100%;height:12px;border-radius:6px;background:var(--planbg)}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1rem;list-style:none;font-size:.85rem;margin-top:.4rem;color:var(--soft)}
.swatch{display:inline-block;width:.75em;height:.75em;border-radius:2px;margin-right:.4em}
.swatch.planned{background:var(--line)}.swatch.pass{background:var(--pass)}.swatch.fail,.swatch.xpass{background:var(--fail)}.swatch.waived{background:var(--waive)}
.swatch.xfail,.swatch.skip,.swatch.unverified,.swatch.stale{background:var(--warn)}
svg .pass,svg .on{fill:var(--pass)}svg .fail,svg .xpass{fill:var(--fail)}svg .waived{fill:var(--waive)}
svg .xfail,svg .skip,svg .unverified,svg .stale{fill:var(--warn)}svg .planned{fill:var(--line)}
svg .off{fill:none;stroke:var(--fail);stroke-width:1.2}svg .later{fill:var(--line)}svg .goal{fill:var(--ink)}
.scroll{overflow-x:auto;margin-top:1.25rem}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-weight:500}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}td.bad{color:var(--fail);font-weight:700}.wide{width:40%;min-width:8rem}
.reasons{border-left:5px solid var(--fail)}.reasons ul{padding-left:1.2rem}.reasons li{overflow-wrap:anywhere;margin:.2rem 0}
.more{margin:.3rem 0 0 .2rem}.more summary{cursor:pointer;color:var(--link)}
.code-number{display:inline-block;min-width:1.6em;text-align:center;border-radius:4px;background:var(--failbg);color:var(--fail)}
.tools{display:none;position:sticky;top:0;z-index:2;background:var(--card);padding:.7rem 0;margin-bottom:.4rem;border-bottom:1px solid var(--line);gap:.6rem;flex-wrap:wrap;align-items:end}
.js .tools{display:flex}.tools label{display:flex;flex-direction:column;font-size:.75rem;color:var(--soft);gap:.15rem}
.tools .search{flex:1 1 14rem}.tools input,.tools select,.tools button{font:inherit;font-size:.9rem;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:6px;padding:.4rem .6rem;min-height:2.4rem}
.tools button{cursor:pointer}.tools output{font-size:.85rem;color:var(--soft);flex-basis:100%}
[hidden]{display:none!important}
p code,.text code,li code{font-family:var(--mono);font-size:.88em;background:var(--code);border-radius:3px;padding:.05em .25em}
.reasons li li{color:var(--soft);font-size:.92rem}.reasons .id{font-size:.92rem}
.item{border-bottom:1px solid var(--line)}.item>summary{display:grid;grid-template-columns:6.2rem 6.3rem 3.2rem 1fr;gap:.7rem;align-items:center;padding:.55rem .2rem;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}.item>summary:hover,.ev>summary:hover,.suite>summary:hover{background:var(--code)}
.id{font-family:var(--mono);font-weight:600;font-size:.9rem}
.text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--soft)}.item[open]>summary .text{visibility:hidden}
.item[data-status=planned]>summary .id{color:var(--soft);font-weight:400}
.item:target>summary{background:var(--code);box-shadow:inset 3px 0 var(--link)}
.pill{display:inline-block;font-size:.78rem;line-height:1.55;padding:0 .55rem;border-radius:1rem;text-align:center;background:var(--planbg);color:var(--plan);justify-self:start}
.pill::before{margin-right:.35em}
.pill.pass{background:var(--passbg);color:var(--pass)}.pill.pass::before{content:"✓"/""}
.pill.fail,.pill.xpass{background:var(--failbg);color:var(--fail);font-weight:600}.pill.fail::before,.pill.xpass::before{content:"✗"/""}
.pill.waived{background:var(--waivebg);color:var(--waive)}
.pill.xfail,.pill.skip,.pill.unverified,.pill.stale{background:var(--warnbg);color:var(--warn)}.pill.unverified::before,.pill.stale::before{content:"?"/""}
.body{padding:.2rem .2rem 1.4rem;max-width:100%}.statement{font-size:1.02rem;max-width:60rem}
.meta{display:flex;flex-wrap:wrap;gap:.3rem 1.6rem;margin:.7rem 0 1rem;font-size:.85rem}.meta div{display:flex;gap:.4rem}.meta dt{color:var(--soft)}
.rungs{display:flex;flex-wrap:wrap;list-style:none;gap:.35rem}.rungs li{flex:1 1 7rem;border-top:4px solid var(--line);padding:.35rem .1rem;font-size:.85rem}
.rungs .on{border-color:var(--pass)}.rungs .off{border-top:4px dashed var(--fail)}.rung{display:block;font-weight:600}
.rungs .later .rung{font-weight:400;color:var(--soft)}.said{color:var(--soft);font-size:.8rem}.rungs .off .said{color:var(--fail)}
.said .goal{margin-left:.3em;padding:0 .45em;border:1px solid currentColor;border-radius:.6em;font-size:.72rem}
.gaps{margin-top:1rem;padding:.1rem 1rem .8rem;border-left:4px solid var(--fail);background:var(--failbg);border-radius:0 6px 6px 0}
[data-status=waived] .gaps{border-color:var(--waive);background:var(--waivebg)}[data-status=planned] .gaps,[data-status=skip] .gaps{border-color:var(--plan);background:var(--planbg)}
.gaps ul{padding-left:1.1rem}.gaps li{overflow-wrap:anywhere;margin:.15rem 0}
.ev{border:1px solid var(--line);border-radius:6px;margin:.35rem 0;overflow:hidden}
.ev>summary,.suite>summary{display:flex;flex-wrap:wrap;gap:.15rem .8rem;align-items:baseline;padding:.35rem .7rem;cursor:pointer;list-style:none}
.ev>summary::before,.suite>summary::before{content:"▸"/"";color:var(--soft)}.ev[open]>summary::before,.suite[open]>summary::before{content:"▾"/""}
.ev .pill{margin-left:auto}.inner{padding:.1rem .6rem .4rem}.kind{color:var(--soft);font-size:.8rem}.name{font-weight:500;overflow-wrap:anywhere}
.at{font-family:var(--mono);font-size:.8rem;color:var(--soft);overflow-wrap:anywhere}.ev .detail,.ev .none{padding:0 .7rem .4rem}
.detail{font-size:.85rem;color:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}
.code{margin:0;border-top:1px solid var(--line);background:var(--code);font:12.5px/1.55 var(--mono);overflow-x:auto;tab-size:4;padding:.3rem 0}
.code code{display:block;width:max-content;min-width:100%}.l{display:block;padding-right:1rem;border-left:4px solid transparent}
.l::before{content:attr(data-n);display:inline-block;width:3.6em;padding-right:1.6em;text-align:right;color:var(--soft);user-select:none;-webkit-user-select:none}
.x{background:var(--passbg);border-left-color:var(--pass)}.x::before{content:"✓ " attr(data-n);padding-right:1.6em}.c{color:var(--soft)}
.diff .l::before{content:none}.diff .l{white-space:pre}.was{background:var(--failbg);border-left-color:var(--fail)}.now{background:var(--passbg);border-left-color:var(--pass)}
.killers{padding-left:1.2rem;font-size:.85rem}.killers li{overflow-wrap:anywhere}
.suite{border-bottom:1px solid var(--line)}.list{padding:.1rem 0 .5rem}.suite .list{padding-left:1.2rem}
.check{display:grid;grid-template-columns:6.3rem minmax(10rem,16rem) 1fr auto;gap:.1rem .8rem;align-items:baseline;padding:.3rem .2rem;font-size:.9rem}
.check+.check{border-top:1px solid color-mix(in srgb,var(--line) 60%,transparent)}.check .name{font-family:var(--mono);font-size:.82rem}
.check .cites{font-size:.78rem;text-align:right}.check .at{grid-column:2/-1}.check .detail{grid-column:1/-1;margin:.3rem 0;padding:.6rem;background:var(--code);border-left:4px solid var(--fail);font:12.5px/1.5 var(--mono)}
.check .cites{grid-row:1;grid-column:4}.inputs{color:var(--soft)}.inputs::before{content:"· "/""}
.hashes{font-size:.85rem}.hashes dt{color:var(--soft)}.hashes dd{font-family:var(--mono);overflow-wrap:anywhere;margin-bottom:.4rem}
footer{color:var(--soft);font-size:.85rem;padding:.5rem 0 2rem}
@media(max-width:44rem){.page{padding:.6rem}.card,.top{padding:.9rem}.tools{position:static}.tools label{flex:1 1 30%}
.item>summary{grid-template-columns:auto auto 1fr;gap:.2rem .7rem}.item>summary .text{grid-column:1/-1;white-space:normal;font-size:.9rem;display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical}
.item>summary .ladder{justify-self:end}.item[open]>summary .text{display:none}
.check{grid-template-columns:auto 1fr}.check .title,.check .at,.check .cites{grid-column:1/-1;grid-row:auto;text-align:left}.suite .list{padding-left:.2rem}
.l::before{width:2.8em;padding-right:.8em}.x::before{padding-right:.8em}.wide{display:none}th,td{padding:.35rem .4rem}.figures{gap:.5rem 1.2rem}}
@media print{:root{color-scheme:light}body{background:#fff;font-size:10pt}.page{max-width:none;padding:0}.tools,.skip{display:none!important}
.card,.top{border:0;padding:.5rem 0}.item>summary{break-after:avoid}.ev,.check{break-inside:avoid}.code{white-space:pre-wrap}.code code{width:auto}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
@media(forced-colors:active){.pill,.x{border:1px solid}}
`;
