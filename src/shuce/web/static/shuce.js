/* What pages do in the browser. No inline scripts and no eval: the content security policy forbids both. */
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const COLOURS = ["#0f5f78", "#d99a00", "#2d8a4e", "#7a5ea8", "#c0562b", "#4f8fb8", "#8a9a3b", "#9b4563"];

  /* Charts: <div data-chart="id"> is drawn from the JSON in <script id="id">. ECharts is fetched only where there is one. */
  let echartsComing = null;
  const echarts = () => {
    echartsComing ??= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = words.echarts;
      script.onload = () => done(window.echarts);
      script.onerror = failed;
      document.head.append(script);
    });
    return echartsComing;
  };
  const drawCharts = async (root) => {
    const places = [...root.querySelectorAll("[data-chart]:not([data-drawn])")];
    if (!places.length) return;
    places.forEach((place) => { place.dataset.drawn = ""; place.style.height = `${place.dataset.height}px`; });
    const library = await echarts();
    for (const place of places) {
      const option = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      const chart = library.init(place, null, { renderer: "svg" });
      const font = getComputedStyle(document.body).fontFamily;
      chart.setOption({
        color: COLOURS,
        animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
        animationDuration: 300,
        textStyle: { fontFamily: font },
        grid: { left: 8, right: 16, top: option.legend ? 36 : 16, bottom: 8, containLabel: true },
        aria: { enabled: true },
        ...option,
        tooltip: { trigger: "item", confine: true, ...(option.tooltip || {}), renderMode: "richText" },
      });
      new ResizeObserver(() => chart.resize()).observe(place);
      chart.on("click", ({ data }) => { if (data && data.href) location.assign(data.href); });
    }
  };

  /* "Are you sure?": asked by any form or link with data-confirm, before anything is sent. */
  const sure = (text) => new Promise((answer) => {
    const dialog = document.getElementById("sure");
    dialog.querySelector("p").textContent = text;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.confirm && !form.dataset.sure) {
      event.preventDefault();
      event.stopPropagation();
      if (await sure(form.dataset.confirm)) {
        form.dataset.sure = "yes";
        form.requestSubmit(event.submitter);
      }
      return;
    }
    if (form.method === "dialog") return;
    if (form.method === "post") {
      /* A second click must not send twice. */
      if (form.dataset.sent && !form.hasAttribute("hx-post")) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
    }
    form.dataset.clean = "yes";
    document.body.classList.add("busy");
  }, true);
  document.addEventListener("htmx:confirm", (event) => {
    const text = event.target.dataset.confirm;
    if (!text || event.target.matches("form")) return;
    event.preventDefault();
    sure(text).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });
  /* A page taken out of the browser's memory is as it was left: let its buttons work again. */
  addEventListener("pageshow", () => {
    document.body.classList.remove("busy");
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; delete form.dataset.sure; });
  });

  /* A form with content that was not sent asks before the page is left. */
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-unsaved")) form.dataset.dirty = "yes";
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([data-clean])")) event.preventDefault();
  });

  /* "/" goes to the search box, Escape leaves it. */
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    /* Arrows walk from the search box through what it suggests, and back. */
    const walked = (event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.closest(".topsearch");
    if (walked) {
      const stops = [...walked.querySelectorAll("input, .dropdown-item")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
      return;
    }
    if (event.key === "Escape" && typing && typing.matches("[data-focus-key]")) typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = [...document.querySelectorAll("[data-focus-key]")].find((one) => one.dataset.focusKey === event.key);
    if (place) { event.preventDefault(); place.focus(); place.select(); }
  });

  /* Lists: keep addresses short, and the export link leads to what is shown. */
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.closest("[data-sparse]")) return;
    const given = event.detail.parameters;
    for (const name of [...given.keys()]) if (given.get(name) === "") given.delete(name);
    /* The table was perhaps sorted since the form was drawn: the address knows. */
    for (const name of ["per_page", "sort"]) {
      const kept = new URLSearchParams(location.search).get(name);
      if (kept) given.set(name, kept);
    }
  });
  document.addEventListener("htmx:beforeRequest", () => document.body.classList.add("busy"));
  document.addEventListener("htmx:afterRequest", () => document.body.classList.remove("busy"));
  document.addEventListener("htmx:afterSwap", (event) => drawCharts(event.target));

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.matches("[data-back]") && document.referrer && history.length > 1) {
      event.preventDefault();
      history.back();
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => { copy.dataset.copied = "yes"; });
    if (event.target.closest("[data-print]")) print();
  });

  /* Several steps at once: only those of the same kind can be picked together. */
  const picks = () => [...document.querySelectorAll("input[name=pick]")];
  const showPicks = () => {
    if (!document.querySelector("[data-picked]")) return;
    const chosen = picks().filter((box) => box.checked);
    const group = chosen.length ? chosen[0].dataset.group : null;
    picks().forEach((box) => { box.disabled = group !== null && box.dataset.group !== group; });
    document.querySelector("[data-picked]").textContent = chosen.length || "";
    document.querySelector("[data-picked-none]").hidden = chosen.length > 0;
  };
  document.addEventListener("change", (event) => { if (event.target.name === "pick") showPicks(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-pick-all]")) return;
    const first = picks().find((box) => box.checked) || picks()[0];
    const same = picks().filter((box) => box.dataset.group === first?.dataset.group);
    const all = same.every((box) => box.checked);
    same.forEach((box) => { box.checked = !all; });
    showPicks();
  });
  document.addEventListener("htmx:afterSwap", showPicks);
  addEventListener("pageshow", showPicks);

  /* A long menu shows where one is. */
  document.querySelector("nav.menu [aria-current]")?.scrollIntoView({ block: "nearest" });
  drawCharts(document);
})();
