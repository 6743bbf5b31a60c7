"use strict";
// One file of a job that opens anywhere, later and without a network: this page's own files with the job's JSON among them.
(function (Dash) {
    const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    /** JSON that no parser of HTML or of old JavaScript takes for something else. */
    function escapeJson(value) {
        return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, one => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"));
    }

    async function read(path) {
        const answer = await fetch(path);
        if (!answer.ok) throw new Error(`The node answered ${answer.status} for ${path}.`);
        return answer.text();
    }

    /** The same steps as in ReportPage. */
    async function build(report) {
        const page = await read("index.html");
        const paths = [...page.matchAll(/(?:href|src)="([^"]+\.(?:css|js))"/g)].map(match => match[1]);
        const files = new Map(await Promise.all(paths.map(async path => [path, await read(path)])));
        return page
            .replace(/<link rel="icon"[^>]*>\n/, () => "")
            .replace('<meta charset="utf-8">', found => `${found}\n<meta http-equiv="Content-Security-Policy" content="${policy}">`)
            .replace(/<link rel="stylesheet" href="([^"]+)">/g, (found, path) => `<style>\n${files.get(path)}</style>`)
            .replace('<div id="app"></div>', found => `${found}\n<script type="application/json"
                id="report">${escapeJson(report)}<\/script>`)
            .replace(/<script src="([^"]+)"><\/script>/g, (found, path) => `<script>\n${files.get(path)}<\/script>`);
    }

    async function save(report) {
        const blob = new Blob([await build(report)], { type: "text/html" });
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = `job-${String(report.job.key).replaceAll(/[^0-9a-zA-Z-]/g, "")}.html`;
        document.body.append(link);
        link.click();
        link.remove();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        return link.download;
    }

    Dash.save = { save, build };
})(window.Dash);
