"""The explorer's one style sheet, scoped to `.callkit-explorer`; JupyterLab's theme decides light or dark."""

from callkit.look.tokens import COLOURS, MONO, SANS

_RULES = """
.ck{container:ck/inline-size;box-sizing:border-box;width:100%;margin:0;padding:16px;background:var(--paper);
  color:var(--ink2);font:14px/20px var(--f);font-variant-numeric:tabular-nums lining-nums;overflow:visible}
.ck *,.ck *::before{box-sizing:border-box}
.ck .widget-html,.ck .widget-html-content,.ck .widget-box,.ck .jupyter-widgets{margin:0;overflow:visible;
  max-width:none}
.ck .widget-html-content{min-width:0;font:inherit;line-height:inherit;color:inherit}
.ck .ck-style{display:none}
.ck .ck-body{display:flex;flex-flow:row nowrap;align-items:flex-start;gap:24px;margin:0}
.ck .ck-rail{flex:0 0 240px;width:240px;gap:16px;margin:0}
.ck .ck-field{flex:1 1 344px;min-width:0;max-width:712px;gap:12px;margin:0;padding-top:10px;
  border-top:2px solid var(--ink);min-height:440px}
.ck .ck-group{flex:0 0 auto;gap:8px;margin:0;padding-top:10px;border-top:1px solid var(--rule)}
.ck .ck-group:first-child{border-top:2px solid var(--ink)}
.ck .ck-group>*,.ck .ck-group .widget-html-content{margin:0}
.ck .ck-name,.ck .ck-control.ck-name>.widget-label{margin:0;color:var(--ink2);font:600 14px/20px var(--f)}
.ck .ck-control,.ck .ck-field>*,.ck .ck-pair,.ck .ck-view,.ck .ck-view>*{margin:0;width:auto;height:auto}
.ck .ck-control{flex-flow:column;align-items:stretch;gap:4px}
.ck .ck-control .widget-label{width:auto;height:auto;margin:0;text-align:start;color:var(--ink2);
  font:600 13px/18px var(--f)}
.ck .ck-pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}
.ck .ck-pair>*{min-width:0}
.ck input,.ck select{width:100%;min-width:0;margin:0;padding:4px 6px;color:var(--ink);background:var(--paper);
  border:1px solid var(--line);border-radius:0;font:13px/18px var(--f);color-scheme:var(--scheme)}
.ck input{height:28px}
.ck select[multiple]{flex:none;height:auto;min-height:0;padding:2px;scrollbar-width:thin}
.ck select option{padding:1px 4px;color:var(--ink)}
.ck select option:checked{background:linear-gradient(var(--blue3),var(--blue3));color:var(--ink);font-weight:600;
  -webkit-text-fill-color:var(--ink)}
.ck .widget-toggle-buttons .widget-toggle-button,.ck .widget-toggle-buttons button{margin:0;flex:1 1 auto}
.ck .widget-toggle-buttons{display:flex;padding:0}
.ck .widget-toggle-buttons>div{margin:0;display:flex;flex-flow:row wrap;gap:4px}
.ck button.jupyter-button{width:auto;height:28px;min-width:0;margin:0;padding:0 10px;overflow:visible;color:var(--ink);
  background:var(--paper);border:1px solid var(--line);border-radius:0;box-shadow:none;font:13px/26px var(--f)}
.ck button.jupyter-button:hover:enabled{background:var(--panel)}
.ck button.jupyter-button.mod-active,
.ck button.jupyter-button.mod-active:hover:enabled{
  background:var(--ink);border-color:var(--ink);color:var(--paper);font-weight:600;box-shadow:none}
.ck button.jupyter-button:disabled{color:var(--ink3);border-color:var(--rule);opacity:1}
.ck :is(button,input,select,summary,[tabindex]):focus-visible{outline:2px solid var(--focus)!important;
  outline-offset:2px;border-color:var(--line)}
.ck .widget-html:has(>.widget-html-content:empty){display:none}
.ck .ck-head{display:flex;flex-flow:row nowrap;align-items:flex-start;gap:12px}
.ck .ck-head>*{margin:0}
.ck .ck-head>:first-child{flex:1 1 auto;min-width:0}
.ck .ck-head>.ck-status{display:block;flex:0 0 44px;text-align:end}
.ck .finding{margin:0;color:var(--ink);font:650 20px/26px var(--f);text-wrap:balance;min-height:26px}
.ck h4.call{margin:0 0 8px;color:var(--ink);font:600 16px/24px var(--f)}
.ck .small,.ck figcaption{margin:0;color:var(--ink3);font:13px/18px var(--f)}
.ck figcaption strong{color:var(--ink2)}
.ck .note{margin:0;padding:10px 14px;background:var(--panel);color:var(--ink);font:14px/20px var(--f)}
.ck .ck-view{gap:12px;min-height:330px}
.ck figure{margin:0}
.ck svg.fig{display:block;max-width:100%;height:auto;margin:0 0 8px;font:12px var(--f);overflow:visible}
.ck svg.fig *{stroke-linejoin:round}
.ck svg.narrow{display:none}
.ck .ck-field>*,.ck .ck-view>*{min-width:0;max-width:100%}
.ck .ck-actions{display:flex;flex-flow:row wrap;align-items:center;gap:8px}
.ck .ck-actions>*{margin:0}
.ck .scroll{position:relative;overflow-x:auto}
.ck table{width:100%;border-collapse:collapse;margin:0;border:0;color:var(--ink);font:14px/20px var(--f)}
.ck caption{padding:0 0 8px;text-align:start;color:var(--ink);font:600 15px/20px var(--f);caption-side:top}
.ck th,.ck td{padding:6px 12px 6px 0;text-align:start;vertical-align:top;border:0;border-bottom:1px solid var(--rule);
  background:none}
.ck thead th{border-bottom:1px solid var(--ink);color:var(--ink2);font:600 13px/18px var(--f);vertical-align:bottom}
.ck tbody th{font-weight:400}
.ck :is(th,td).n{text-align:end;font-variant-numeric:tabular-nums lining-nums}
.ck td small{display:block;color:var(--ink3);font:13px/18px var(--f)}
.ck thead th button{all:unset}
.ck pre.code{margin:0;padding:10px 14px;overflow-x:auto;background:var(--panel);color:var(--ink);
  font:13px/20px var(--m);white-space:pre;user-select:all;-webkit-user-select:all}
.ck .ck-calls{width:100%;flex-flow:column;align-items:stretch;gap:0}
.ck .ck-calls .widget-label{width:auto;height:auto;margin:0;padding:0 7px;text-align:start;white-space:pre;
  color:var(--ink2);font:600 12px/20px var(--m);overflow:hidden}
.ck .ck-calls select{flex:none;height:246px;padding:2px;overflow:auto;font:12px/20px var(--m)}
.ck .ck-calls select,.ck .ck-calls .widget-label{letter-spacing:-.3px}
.ck .ck-calls option{padding:0 4px;line-height:20px;min-height:20px}
.ck ol.steps{margin:0;padding:0;list-style:none}
.ck ol.steps li{display:grid;grid-template-columns:88px 12px minmax(0,1fr) auto;column-gap:12px;padding:6px 0;
  border-bottom:1px solid var(--rule);color:var(--ink)}
.ck ol.steps .at{text-align:end;color:var(--ink3)}
.ck ol.steps .next{color:var(--ink2)}
.ck ol.steps i{display:block;width:12px;height:100%;min-height:20px}
.ck ol.steps i.menu{background:var(--line)}
.ck ol.steps i.queue{background:var(--blue2)}
.ck ol.steps i.ring{background:var(--blue)}
.ck ol.steps i.talk{background:var(--blue3)}
.ck ol.steps i.lost{background:repeating-linear-gradient(45deg,var(--alert) 0 2px,var(--alert2) 2px 5px)}
.ck ol.steps small{display:block;color:var(--ink3);font:13px/18px var(--f)}
.ck ol.steps code{display:block;padding:0;background:none;color:var(--ink3);font:12px/18px var(--m);
  overflow-wrap:anywhere;white-space:pre-wrap}
.ck .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@container ck (max-width:899px){
  .ck .ck-body{flex-flow:column nowrap;align-items:stretch;gap:16px}
  .ck .ck-rail{flex:none;width:auto;max-width:712px;gap:12px}
  .ck .ck-field{flex:none;width:100%}
  .ck .ck-group{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:6px 12px;align-items:start}
  .ck .ck-group>.widget-html{grid-column:1/-1}
  .ck .ck-group>.ck-pair,.ck .ck-group>.widget-toggle-buttons{grid-column:span 2}
}
@container ck (max-width:619px){.ck .ck-group{grid-template-columns:1fr 1fr}}
@container ck (max-width:711px){.ck svg.wide{display:none}.ck svg.narrow{display:block}}
@media (forced-colors:active){.ck svg.fig,.ck ol.steps i{forced-color-adjust:none}}
"""


def style_sheet() -> str:
    """Return the explorer's CSS: both themes' tokens, then the rules."""
    light = "".join(f"--{token}:{colours[0]};" for token, colours in COLOURS.items())
    dark = "".join(f"--{token}:{colours[1]};" for token, colours in COLOURS.items())
    fonts = f"--f:{SANS};--m:{MONO};--scheme:light;"
    rules = _RULES.replace(".ck ", ".callkit-explorer ").replace(".ck{", ".callkit-explorer{")
    return (
        f".callkit-explorer{{{fonts}{light}}}\n"
        f'[data-jp-theme-light="false"] .callkit-explorer{{--scheme:dark;{dark}}}\n{rules}'
    )
