"""Plot latency against messages per second: reads JSON of the part `sustained` from stdin, writes a PNG.

Run with the peers' interpreter, which has matplotlib.
"""
import json
import re
import statistics
import sys

import matplotlib as mpl  # type: ignore[import-not-found]

mpl.use('Agg')
from matplotlib import pyplot as plt

COLOURS = {'chatroom': '#4f5bd5', 'original': '#d0643c'}


def draw(found: dict[str, dict[str, list[float]]], path: str) -> None:
    """Plot the median of the rounds for each rate, and write the PNG at this path."""
    figure, axes = plt.subplots(figsize=(8, 4.2), dpi=150, layout='constrained')
    for run, figures in found.items():
        for share, style in (('p50', '-'), ('p99', '--')):
            points = sorted((int(match[1]), statistics.median(values)) for name, values in figures.items()
                            if (match := re.fullmatch(rf'(\d+)/s: {share} ms', name)))
            axes.plot(*zip(*points, strict=True), style, color=COLOURS[run], marker='o', markersize=3.5,
                      label=f'{run}, {share}')
    axes.axhline(400, color='#999', linewidth=0.8)
    axes.set(xscale='log', yscale='log', xlabel='messages per second to 1,000 browsers in one room',
             ylabel='from sent to seen, ms', title='One core for the server. Chatroom stores each message first.')
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(mpl.ticker.FuncFormatter(lambda value, _: f'{value:,g}'))
        axis.set_minor_formatter(mpl.ticker.NullFormatter())
    axes.grid(visible=True, which='major', linewidth=0.4)
    axes.legend(frameon=False)
    figure.savefig(path)


draw(json.load(sys.stdin), sys.argv[1])
