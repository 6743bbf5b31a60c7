"use strict";
// Which chunk ran when on which of a holder's workers. A chunk that only waited at its node ran on none.
(function (Dash) {
    // Times are rounded to microseconds, and kept as single floats.
    const rounding = 5e-6;
    const precision = 2.5e-7;

    /**
     * When a chunk ran, as well as it is known: the function's time is measured, and lies somewhere between the chunk's arrival and
     * its return. `from` and `to` are the middle of that. It did not begin after `latest`, and did not end before `earliest`: where
     * `earliest` is the later one, it ran between them in any case. Null for a chunk without an outcome.
     */
    function getRun({ state, begin, end, work, waited }) {
        if ((state !== "done" && state !== "failed") || end == null || !(work >= 0)) return null;
        const arrived = begin + (waited || 0);
        const way = Math.max(0, end - arrived - work) / 2;
        const latest = Math.max(arrived, end - work);
        return { from: arrived + way, to: end - way, latest, earliest: arrived + work };
    }

    /** The lane that was free last, of those that were free by then: the others keep their gaps. */
    function findLane(lanes, by) {
        let found = -1;
        lanes.forEach((lane, index) => {
            if (lane.busy <= by && (found < 0 || lane.busy > lanes[found].busy)) found = index;
        });
        return found;
    }

    function findFirst(lanes) {
        return lanes.reduce((best, lane, at) => lane.drawn < lanes[best].drawn ? at : best, 0);
    }

    /** Only chunks that ran at once in any case need a lane of their own: of a short one on a long way no one knows when it ran. */
    function placeRun(lanes, cell, run) {
        const isCertain = run.latest < run.earliest;
        let index = isCertain ? findLane(lanes, run.latest + rounding + precision * run.latest) : findFirst(lanes);
        if (index < 0) index = lanes.push({ busy: 0, drawn: 0 }) - 1;
        const lane = lanes[index];
        const from = Math.min(run.latest, Math.max(run.from, lane.drawn));
        lane.busy = Math.max(lane.busy, run.earliest);
        lane.drawn = Math.max(from, run.to);
        return { cell, lane: index, from, to: lane.drawn };
    }

    /** A chunk without an outcome ran, if at all, after those before it: its node runs them in their order. */
    function placeRest(lanes, cell, end) {
        const index = findFirst(lanes);
        const from = Math.max(cell.begin, lanes[index].drawn);
        if (from >= end - rounding - precision * end) return null;
        lanes[index].busy = lanes[index].drawn = end;
        return { cell, lane: index, from, to: end };
    }

    /**
     * Puts a holder's chunks into lanes, one for each of its workers. `workers` is their number, or 0 if it is not known: then there
     * are as many as certainly ran at once.
     */
    function pack(cells, elapsed, workers) {
        const runs = cells.map(cell => ({ cell, run: getRun(cell), end: Math.min(elapsed, cell.end ?? elapsed) }));
        const isLost = one => !one.run;
        const all = runs.sort((a, b) => (a.run ? a.run.latest : a.end) - (b.run ? b.run.latest : b.end) || isLost(b) - isLost(a)
            || a.cell.begin - b.cell.begin);
        const create = count => Array.from({ length: count }, () => ({ busy: 0, drawn: 0 }));
        let most = workers;
        if (!most) {
            const known = create(1);
            for (const { cell, run } of all) run && placeRun(known, cell, run);
            most = known.length;
        }
        const lanes = create(most);
        const bars = all.map(({ cell, run, end }) => run ? placeRun(lanes, cell, run) : placeRest(lanes, cell, end));
        return { bars: bars.filter(Boolean), lanes: lanes.length };
    }

    Dash.lanes = { pack };
})(window.Dash);
