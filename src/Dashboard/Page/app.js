"use strict";
// The frame around the pages: navigation, connection, theme, notes. With a report in the document it shows that job alone.
(function (Dash) {
    const { html, useState, useEffect, useRef, useStore, Icon, Choice } = Dash.parts;
    const { format, store, theme } = Dash;
    const { useErrorBoundary } = preactHooks;
    const pages = [["", "Overview", "grid"], ["jobs", "Jobs", "list"], ["nodes", "Nodes", "nodes"], ["log", "Log", "log"]];

    /** The page and the job's key from a hash as #/jobs/KEY. */
    function readRoute() {
        const [page, key] = location.hash.replace(/^#\/?/, "").split("/");
        const known = pages.some(([name]) => name === page) ? page : "";
        let job = null;
        try {
            job = key ? decodeURIComponent(key) : null;
        } catch {
            job = key;
        }
        return { page: known, key: known === "jobs" ? job : null };
    }

    function useRoute() {
        const [route, setRoute] = useState(readRoute);
        useEffect(() => {
            const change = () => setRoute(readRoute());
            window.addEventListener("hashchange", change);
            return () => window.removeEventListener("hashchange", change);
        }, []);
        return route;
    }

    function Theme() {
        const icons = { auto: "auto", light: "sun", dark: "moon" };
        const words = { auto: "As the system", light: "Light", dark: "Dark" };
        const options = theme.modes.map(mode => [mode, html`<${Icon} name=${icons[mode]} /><span class="unseen">${words[mode]}</span>`]);
        return html`<${Choice} label="Theme" options=${options} value=${theme.mode()} onChange=${theme.set} />`;
    }

    const connections = {
        connecting: ["Connecting", "running"], live: ["Live", "done"],
        lost: ["Connection lost", "failed"], unauthorized: ["No access", "failed"],
    };

    /** Said once for each change: the countdown is not a part of what is announced. */
    function Connection({ connection, asked }) {
        const [word, tone] = connections[connection];
        return html`<p class=${`connection ${tone}`} role="status" aria-live="polite" title=${asked ? `Answers: ${asked}` : ""}><i
            aria-hidden="true"></i>${word}</p>`;
    }

    function Countdown({ until }) {
        const [, force] = useState(0);
        useEffect(() => {
            const timer = setInterval(() => force(n => n + 1), 1000);
            return () => clearInterval(timer);
        }, []);
        const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
        return html`<span>${seconds ? `The next attempt is in ${seconds} s.` : "Trying now."}</span>`;
    }

    function Lost({ state }) {
        if (state.connection !== "lost") return null;
        return html`<div class="banner failed" role="alert"><${Icon} name="warn" /><span><b>The connection is lost.</b> ${state.reason}
            ${state.cluster ? ` What you see is from ${format.clock(state.cluster.now)}. ` : " "}
            ${state.retryAt && html`<${Countdown} until=${state.retryAt} />`}</span>
            <button type="button" class="small" onClick=${store.connect}>Try now</button></div>`;
    }

    function OtherVersion({ cluster }) {
        return cluster && cluster.version !== 1 && html`<p class="banner requeued" role="status"><${Icon} name="warn" /><span>
            The node sends data of version ${String(cluster.version)}; this page knows version 1. Load the page again.</span></p>`;
    }

    function NoAccess() {
        return html`<h1 tabindex="-1">No access</h1><div class="empty"><p class="title">This browser has no valid token.</p>
            <p>The node prints the address of this page, with the token, when it starts, as${" "}
            <code>http://HOST:PORT/?token=TOKEN</code>. Open that address once; the browser then remembers it.
            A node that was started again may have a new token: look at its newest output or log.</p></div>`;
    }

    function Connecting() {
        return html`<h1 tabindex="-1">Connecting</h1><p class="hint">Waiting for the first word from the node.</p>
            <div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div>`;
    }

    function Notes({ notes }) {
        return html`<div class="notes" role="status" aria-live="polite">${notes.map(({ id, text, isError }) => html`
            <div key=${id} class=${isError ? "toast failed" : "toast"}><${Icon} name=${isError ? "warn" : "check" } /><span>${text}</span>
            <button type="button" class="plain" aria-label="Dismiss" onClick=${() => store.dismiss(id)}><${Icon}
                name="cross" /></button></div>`)}</div>`;
    }

    function Page({ route, state }) {
        if (state.connection === "unauthorized") return html`<${NoAccess} />`;
        if (route.page === "jobs" && route.key) return html`<${Dash.job.Job} jobKey=${route.key} />`;
        if (!state.cluster) return html`<${Connecting} />`;
        if (route.page === "jobs") return html`<${Dash.jobs.Jobs} />`;
        if (route.page === "nodes") return html`<${Dash.nodes.Nodes} />`;
        if (route.page === "log") return html`<${Dash.log.Log} />`;
        return html`<${Dash.overview.Overview} />`;
    }

    /** A page that cannot draw its data says so; the navigation stays. */
    function Guarded({ children }) {
        const [error, reset] = useErrorBoundary();
        if (!error) return children;
        return html`<h1 tabindex="-1">This page failed</h1><div class="empty"><p class="title">${String(error.message || error)}</p>
            <p>The data was not what this page understands. <button type="button" onClick=${reset}>Try again</button></p></div>`;
    }

    function Frame({ children, nav, tools }) {
        const main = useRef(null);
        const skip = event => {
            event.preventDefault();
            main.current.focus();
        };
        return html`<a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
            <header class="top"><div class="inner"><span class="brand"><span class="mark" aria-hidden="true"><i></i><i></i>
                <i></i></span>ActorPool</span>
            ${nav}<div class="tools">${tools}<${Theme} /></div></div></header>
            <main id="main" tabindex="-1" ref=${main}>${children}</main>`;
    }

    function App() {
        const state = useStore();
        const route = useRoute();
        const isFirst = useRef(true);
        const name = pages.find(([page]) => page === route.page)[1];
        useEffect(() => {
            document.title = `${name} · ActorPool`;
            window.scrollTo(0, 0);
            if (!isFirst.current) document.querySelector("main h1")?.focus({ preventScroll: true });
            isFirst.current = false;
        }, [route.page, route.key]);
        const nav = html`<nav aria-label="Pages">${pages.map(([page, word, icon]) => html`<a key=${page} href=${`#/${page}`}
            aria-current=${page === route.page ? "page" : undefined}><${Icon} name=${icon} />${word}</a>`)}</nav>`;
        return html`<${Frame} nav=${nav} tools=${html`<${Connection} connection=${state.connection} asked=${state.cluster?.asked} />`}>
            <${Lost} state=${state} /><${OtherVersion} cluster=${state.cluster} />
            <${Guarded} key=${`${route.page}/${route.key}`}><${Page} route=${route} state=${state} /><//><//>
            <${Notes} notes=${state.notes} />`;
    }

    function SavedReport({ report }) {
        useStore();
        useEffect(() => {
            document.title = `${format.plain(report.job?.name ?? "Job")} · ActorPool`;
        }, []);
        return html`<${Frame} tools=${html`<p class="connection"><i aria-hidden="true"></i>Report of ${format.dateTime(report.now)}</p>`}>
            <${Guarded}><${Dash.job.Report} report=${report} isSaved /><//><//>`;
    }

    const saved = document.getElementById("report");
    const root = document.getElementById("app");
    if (saved) preact.render(html`<${SavedReport} report=${Dash.job.complete(JSON.parse(saved.textContent))} />`, root);
    else {
        preact.render(html`<${App} />`, root);
        store.start();
    }
})(window.Dash);
