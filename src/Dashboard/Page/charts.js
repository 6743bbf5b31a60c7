"use strict";
// Curves, histograms and load strips. Each is an image with a sentence for those who do not see it.
(function (Dash) {
    const { html, useEffect, useRef } = Dash.parts;
    const { format, theme } = Dash;

    // Steps of an axis of time, in seconds: decimal below a second, then as clocks have them, to a month.
    const timeSteps = [
        ...[-9, -8, -7, -6, -5, -4, -3, -2, -1].flatMap(power => [1, 2, 5].map(one => Number(`${one}e${power}`))),
        ...[1, 2, 5, 10, 20, 30], ...[1, 2, 5, 10, 20, 30].map(minutes => minutes * 60), ...[1, 2, 4, 6, 12].map(hours => hours * 3600),
        ...[1, 2, 5, 10, 30].map(days => days * 86400),
    ];

    const isSame = (a, b) => Boolean(a && b) && a.length === b.length && a.every((one, index) => one === b[index]);

    /** Draws onto a canvas that is not shown, unless nothing has changed since it was drawn. */
    function drawBase(base, { draw, stamp }, canvas, scale, [width, height]) {
        const colours = theme.getColours();
        const now = stamp && [...stamp, canvas.width, canvas.height, colours];
        if (isSame(base.stamp, now)) return base.canvas;
        base.stamp = now;
        base.canvas = base.canvas || document.createElement("canvas");
        base.canvas.width = canvas.width;
        base.canvas.height = canvas.height;
        const context = base.canvas.getContext("2d");
        context.scale(scale, scale);
        draw(context, width, height, colours);
        return base.canvas;
    }

    /**
     * A canvas that is drawn after each render, and when its width changes. With a stamp, `draw` draws only when a value of the stamp
     * has changed; `mark` then draws on top of it what changes often.
     */
    function Canvas({ height, draw, mark, stamp, label, className, handlers, hidden }) {
        const ref = useRef(null);
        const latest = useRef({});
        const base = useRef({});
        latest.current = { draw, mark, stamp, measure: height };
        const paint = () => {
            const canvas = ref.current;
            const width = canvas && canvas.clientWidth;
            if (!width) return;
            const { mark, measure } = latest.current;
            const height = typeof measure === "function" ? measure(width) : measure;
            const scale = window.devicePixelRatio || 1;
            canvas.style.height = `${height}px`;
            canvas.width = Math.round(width * scale);
            canvas.height = Math.round(height * scale);
            const context = canvas.getContext("2d");
            context.scale(scale, scale);
            context.drawImage(drawBase(base.current, latest.current, canvas, scale, [width, height]), 0, 0, width, height);
            if (mark) mark(context, width, height, theme.getColours());
        };
        useEffect(paint);
        useEffect(() => {
            let frame = 0;
            const observer = new ResizeObserver(() => {
                cancelAnimationFrame(frame);
                frame = requestAnimationFrame(paint);
            });
            observer.observe(ref.current.parentElement);
            return () => {
                cancelAnimationFrame(frame);
                observer.disconnect();
            };
        }, []);
        const words = hidden ? { "aria-hidden": "true" } : { role: "img", "aria-label": label };
        return html`<canvas ref=${ref} class=${className || ""} ...${words} ...${handlers || {}}></canvas>`;
    }

    function withAlpha(colour, alpha) {
        return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
    }

    function options({ series, from, to, height, width, onCursor, relative }) {
        const colours = theme.getColours();
        const axis = {
            stroke: colours.muted, font: "11px system-ui, sans-serif", grid: { stroke: colours.line, width: 1 },
            ticks: { show: false }, gap: 4,
        };
        const time = relative ? (value, step) => format.tick(value, step) : value => format.clock(value * 1000);
        return {
            width, height, legend: { show: false }, padding: [8, 24, 0, 0],
            cursor: { points: { size: 7 }, drag: { x: false, y: false }, y: false },
            scales: {
                x: { time: false, range: () => [from(), to()] },
                y: { range: (plot, min, max) => [0, Math.max(1e-9, (max || 1) * 1.1)] },
            },
            axes: [
                {
                    ...axis, grid: { show: false }, space: 90, size: 24, incrs: timeSteps,
                    values: (plot, values) => values.map(value => time(value, values[1] - values[0])),
                },
                { ...axis, space: 32, size: 52, values: (plot, values) => values.map(format.compact) },
            ],
            series: [{}, ...series.map(one => ({
                label: one.label, stroke: colours[one.colour], width: 1.75, dash: one.dash, points: { show: false },
                fill: one.dash ? undefined : withAlpha(colours[one.colour], 0.14), spanGaps: false,
                paths: one.stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
            }))],
            hooks: { setCursor: [plot => onCursor(plot.cursor.idx)] },
        };
    }

    /** A curve over time. `data` is uPlot's: x first, then one array for each series. */
    function Curve({ data, series, from, to, height, label, relative, describe }) {
        const box = useRef(null);
        const words = useRef(null);
        const plot = useRef(null);
        const latest = useRef({});
        latest.current = { from, to, data, describe };
        const dark = theme.isDark();
        useEffect(() => {
            const onCursor = index => {
                const { data, describe } = latest.current;
                words.current.textContent = index == null || data[1][index] == null ? "" : describe(index);
            };
            const made = plot.current = new uPlot(options({
                series, height, relative, onCursor, width: box.current.clientWidth || 300,
                from: () => latest.current.from, to: () => latest.current.to,
            }), data, box.current);
            let frame = 0;
            const resize = () => made.setSize({ width: box.current.clientWidth || 300, height });
            const observer = new ResizeObserver(() => {
                cancelAnimationFrame(frame);
                frame = requestAnimationFrame(resize);
            });
            observer.observe(box.current);
            return () => {
                cancelAnimationFrame(frame);
                observer.disconnect();
                made.destroy();
            };
        }, [dark, height]);
        useEffect(() => plot.current.setData(data));
        return html`<figure class="curve"><div ref=${box} role="img" aria-label=${label}></div>
            <figcaption class="readout" ref=${words} aria-hidden="true"></figcaption></figure>`;
    }

    /** The bins of a histogram, without the empty ones at both ends. */
    function trim({ edges, counts }) {
        const bins = counts.map((count, index) => ({ count, from: edges[index - 1] ?? 0, to: edges[index] ?? null }));
        const first = bins.findIndex(bin => bin.count > 0);
        const last = bins.findLastIndex(bin => bin.count > 0);
        return first < 0 ? [] : bins.slice(Math.max(0, first - 1), last + 2);
    }

    /** The upper edge of the bin in which a share of the items lies: exact to the bin. */
    function quantile(bins, share) {
        const all = bins.reduce((sum, bin) => sum + bin.count, 0);
        let seen = 0;
        const found = bins.find(bin => (seen += bin.count) >= all * share);
        return found ? found.to ?? found.from : null;
    }

    function binWords(bin) {
        return bin.to == null ? `longer than ${format.duration(bin.from)}` : `${format.duration(bin.from)} to ${format.duration(bin.to)}`;
    }

    function Histogram({ histogram }) {
        const bins = trim(histogram);
        if (!bins.length) return html`<p class="hint">No item has ended yet.</p>`;
        const most = Math.max(...bins.map(bin => bin.count));
        const [half, nearly] = [0.5, 0.95].map(share => quantile(bins, share));
        const words = `Half of the items take at most ${format.duration(half)}, 95 % at most ${format.duration(nearly)}.`;
        const every = Math.ceil(bins.length / 6);
        return html`<div class="histogram" role="img" aria-label=${`Histogram of item times. ${words}`}>
            <div class="bins">${bins.map(bin => html`<div class="bin" title=${`${format.plural(bin.count, "item")}: ${binWords(bin)}`}>
                <i class=${bin.to != null && bin.to <= half ? "low" : bin.from >= nearly ? "high" : ""}
                    style=${{ height: `${bin.count ? Math.max(1.5, bin.count / most * 100) : 0}%` }}></i></div>`)}</div>
            <div class="edges">${bins.map((bin, index) => html`<span>${index % every ? "" : format.duration(bin.from)}</span>`)}</div></div>
            <p class="hint">${words}</p>`;
    }

    /** What a node's workers ran, one column for each second: a colour for each job, as high as its share of the workers. */
    function drawLoad(samples, address, seconds) {
        return (context, width, height, colours) => {
            const end = samples.length ? samples[samples.length - 1].t : 0;
            const column = width / seconds;
            for (const sample of samples) {
                const x = width - (end - sample.t + 1) * column;
                const load = sample.load.get(address);
                if (x < -column || !load || !load.workers) continue;
                let y = height;
                const paint = (colour, count) => {
                    const part = count / load.workers * height;
                    context.fillStyle = colour;
                    context.fillRect(x, y - part, column + 0.6, part);
                    y -= part;
                };
                load.jobs.forEach(([job, count]) => paint(colours[`n${Dash.store.getTone(job) % 8}`], count));
                const rest = load.busy - load.jobs.reduce((sum, [, count]) => sum + count, 0);
                if (rest > 0) paint(colours.idle, rest);
            }
        };
    }

    Dash.charts = { timeSteps, Canvas, Curve, Histogram, drawLoad, withAlpha };
})(window.Dash);
