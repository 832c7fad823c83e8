"""The table of what bench/run measured, as Markdown, and the machine that it was measured on."""

import ctypes
import os
import re
import subprocess

HEADINGS = ['instructions', 'to floor', 'CPU ns', 'wall ns', 'trips', 'allocations', "libpq's"]


def cells(measured):
    return [measured.way, f'{measured.instructions:,}', f'{measured.ratio:.3f}',
            f'{measured.cpu_ns:,.0f}', f'{measured.wall_ns:,.0f}', f'{measured.round_trips:,}',
            f'{measured.allocations:.2f}', f'{measured.libpq_allocations:.2f}']


def line(columns, widths):
    first, *numbers = zip(columns, widths)
    padded = [first[0].ljust(first[1]), *(number.rjust(width) for number, width in numbers)]
    return '| ' + ' | '.join(padded) + ' |'


def table(groups):
    """One, in sections: all have the same columns."""
    heads = [[f'**{group[0].subject.name}**, per {group[0].unit} of {rows:,}', *[''] * len(HEADINGS)]
             for rows, group in groups]
    bodies = [[cells(measured) for measured in group] for _, group in groups]
    lines = [['', *HEADINGS]]
    for head, body in zip(heads, bodies):
        lines += [head, *body]
    widths = [max(len(columns[i]) for columns in lines) for i in range(len(lines[0]))]
    rule = ['-' * widths[0], *('-' * (width - 1) + ':' for width in widths[1:])]
    return '\n'.join(line(columns, widths) for columns in [lines[0], rule, *lines[1:]])


def said_by(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def version(number):
    """As libpq and the server count: 150018 is 15.18."""
    return f'{number // 10000}.{number % 10000}'


def machine():
    with open('/proc/cpuinfo', encoding='utf-8') as cpuinfo:
        model = re.search(r'model name\s*: (.*)', cpuinfo.read())
    server = said_by('psql', '-AtXc', 'SHOW server_version_num', os.environ['PALMETTO_TEST_URL'])
    libpq = ctypes.CDLL('libpq.so.5').PQlibVersion()
    return (f'{model[1] if model else "an unnamed processor"}, {os.cpu_count()} processors that the '
            f'client and the server share, {said_by("uname", "-sr")}; '
            f'{said_by("g++", "--version").splitlines()[0]}; PostgreSQL {version(int(server))} '
            f'behind a Unix socket, libpq {version(libpq)}; '
            f'libpqxx {said_by("pkg-config", "--modversion", "libpqxx")}, '
            f'SOCI {said_by("dpkg-query", "-Wf", "${Version}", "libsoci-dev")}.')


def update(path, groups):
    """Replaces what stands between the two marks."""
    begin, end = '<!-- bench/run --docs writes from here -->', '<!-- to here -->'
    before, rest = path.read_text(encoding='utf-8').split(begin)
    _, after = rest.split(end)
    path.write_text(f'{before}{begin}\n\n{machine()}\n\n{table(groups)}\n\n{end}{after}',
                    encoding='utf-8')
