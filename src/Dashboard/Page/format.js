"use strict";
// Numbers, durations and instants as people read them. Every function accepts null and then returns a dash.
window.Dash = window.Dash || {};
(function (Dash) {
    const none = "–";
    const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
    const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
    const known = value => typeof value === "number" && Number.isFinite(value);

    /** Three significant digits below 1,000, whole numbers from there on. */
    function digits(value) {
        const size = Math.abs(value);
        return size >= 100 || Number.isInteger(value) ? whole.format(value) : String(Number(value.toPrecision(3)));
    }

    function count(value) {
        return known(value) ? whole.format(value) : none;
    }

    function compact(value) {
        return !known(value) ? none : Math.abs(value) < 10000 ? digits(value) : short.format(value);
    }

    function plural(value, one, many) {
        return `${count(value)} ${value === 1 ? one : many || one + "s"}`;
    }

    function pad(value) {
        return String(Math.floor(value)).padStart(2, "0");
    }

    function duration(seconds) {
        if (!known(seconds)) return none;
        if (seconds < 0) return "–" + duration(-seconds);
        if (seconds === 0) return "0 s";
        if (seconds < 1e-6) return digits(seconds * 1e9) + " ns";
        if (seconds < 1e-3) return digits(seconds * 1e6) + " µs";
        if (seconds < 1) return digits(seconds * 1e3) + " ms";
        if (seconds < 60) return (seconds < 10 ? seconds.toFixed(1) : whole.format(seconds)) + " s";
        if (seconds < 3600 && seconds % 60 === 0) return `${seconds / 60} min`;
        if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
        if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${pad(seconds % 3600 / 60)} min`;
        return `${Math.floor(seconds / 86400)} d ${Math.floor(seconds % 86400 / 3600)} h`;
    }

    /** A mark of an axis: as many decimals as tell it from the next one. */
    function tick(seconds, step) {
        if (!(step > 0)) return duration(seconds);
        const decimals = [0, 1, 2].find(some => Number.isInteger(Math.round(step * 10 ** some * 1e6) / 1e6)) ?? 3;
        if (seconds < 1 || seconds >= 3600 || decimals === 0) return duration(seconds);
        return seconds < 60 ? `${seconds.toFixed(decimals)} s`
            : `${Math.floor(seconds / 60)} min ${(seconds % 60).toFixed(decimals).padStart(decimals + 3, "0")} s`;
    }

    function rate(perSecond) {
        if (!known(perSecond)) return none;
        if (perSecond === 0) return "0 items/s";
        if (perSecond < 1 / 60) return digits(perSecond * 3600) + " items/h";
        return perSecond < 0.5 ? digits(perSecond * 60) + " items/min" : compact(perSecond) + " items/s";
    }

    function bytes(value) {
        if (!known(value)) return none;
        const units = ["B", "kB", "MB", "GB", "TB"];
        let unit = 0;
        while (value >= 1000 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        return `${digits(value >= 100 ? Math.round(value) : value)} ${units[unit]}`;
    }

    function percent(part, all) {
        if (!known(part) || !known(all) || all <= 0) return none;
        const value = part / all * 100;
        return value > 0 && value < 1 ? "< 1 %" : value > 99 && value < 100 ? "> 99 %" : `${Math.round(value)} %`;
    }

    function clock(instant) {
        const date = new Date(instant);
        return instant == null || Number.isNaN(date.getTime())
            ? none : `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
    }

    function dateTime(instant) {
        const date = new Date(instant);
        return instant == null || Number.isNaN(date.getTime())
            ? none : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${clock(instant)}`;
    }

    function range(start, length) {
        return length === 1 ? `item ${count(start)}` : `items ${count(start)} to ${count(start + length - 1)}`;
    }

    /** A letter for each node, so that colour is not needed: A to Z, then AA, AB, … */
    function letter(index) {
        return (index >= 26 ? letter(Math.floor(index / 26) - 1) : "") + String.fromCharCode(65 + index % 26);
    }

    /** Seconds since an instant, by the server's clock. */
    function since(instant, now) {
        const value = (new Date(now) - new Date(instant)) / 1000;
        return instant == null || Number.isNaN(value) ? null : Math.max(0, value);
    }

    const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

    /** Shows control characters, and those that change the direction of text: no name looks like another one. */
    function plain(text) {
        return text.replace(controls, "\ufffd");
    }

    Dash.format = { plain, none, count, compact, plural, duration, tick, rate, bytes, percent, clock, dateTime, range, letter, since };
})(window.Dash);
