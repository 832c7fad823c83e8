"""Draws what bench/run measured: a bar chart, as an SVG that is readable on light and on dark."""

from html import escape

WIDTH = 880
LABELS = 190  # where the bars begin
BARS = 540  # the longest, and
MOST = 5  # the multiple at which it is cut, for the others to be more than a hair
BAR, GAP = 18, 6
HEAD, GROUP, FOOT = 64, 34, 16

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .paper { fill: #ffffff }
  .title { font-size: 17px; font-weight: 600 }
  .subject { font-weight: 600 }
  .note { fill: #57606a }
  .floor { fill: #8c959f } .palmetto { fill: #1a7f37 } .peer { fill: #54aeff }
  .one { stroke: #57606a; stroke-dasharray: 3 3 }
  .cut { stroke: #ffffff; stroke-width: 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .paper { fill: #0d1117 }
    .note { fill: #9198a1 }
    .floor { fill: #6e7681 } .palmetto { fill: #3fb950 } .peer { fill: #388bfd }
    .one { stroke: #9198a1 }
    .cut { stroke: #0d1117 }
  }
"""


def kind(way):
    if way.startswith('palmetto'):
        return 'palmetto'
    return 'floor' if way.startswith('libpq') and not way.startswith('libpqxx') else 'peer'


def bar(measured, y):
    """One way: its name, its bar, and its numbers behind that."""
    length = BARS * min(measured.base_ratio, MOST) / MOST
    end = LABELS + length
    parts = [
        f'<text x="{LABELS - 10}" y="{y + 14}" text-anchor="end">{escape(measured.way)}</text>',
        f'<rect class="{kind(measured.way)}" x="{LABELS}" y="{y}" width="{length:.1f}"'
        f' height="{BAR}" rx="2"/>',
        f'<text x="{end + 8:.1f}" y="{y + 14}">{measured.base_ratio:.2f}'
        f'<tspan class="note" dx="8">{measured.instructions:,}</tspan></text>',
    ]
    if measured.base_ratio > MOST:
        parts.append(f'<line class="cut" x1="{end - 24:.1f}" y1="{y + BAR + 2}"'
                     f' x2="{end - 16:.1f}" y2="{y - 2}"/>')
    return parts


def draw(groups):
    one = LABELS + BARS / MOST
    parts, y = [], HEAD
    for _, group in groups:
        subject = group[0].subject
        parts.append(f'<text class="subject" x="16" y="{y + 16}">{escape(subject.title)}'
                     f'<tspan class="note" dx="8">per {group[0].unit}</tspan></text>')
        y += GROUP - GAP
        top = y
        for measured in group:
            parts += bar(measured, y)
            y += BAR + GAP
        parts.append(f'<line class="one" x1="{one:.1f}" x2="{one:.1f}" y1="{top}" y2="{y - GAP}"/>')
        y += GAP
    height = y + FOOT
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="Client instructions, as a multiple of libpq by hand">',
        f'<style>{STYLE}</style>',
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        '<text class="title" x="16" y="28">Client instructions, as a multiple of hand-written'
        ' libpq</text>',
        '<text class="note" x="16" y="48">Shorter is better. Behind each bar: the ratio, and the'
        f' instructions themselves, by callgrind. A bar beyond {MOST} is cut.</text>',
        *parts,
        '</svg>',
    ]) + '\n'


def write(path, groups):
    path.write_text(draw(groups), encoding='utf-8')
