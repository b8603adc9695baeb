(() => {
  "use strict";
  const page = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const touch = matchMedia("(pointer: coarse)");
  const template = () => page.templates[dark.matches ? "dark" : "light"];
  // Buttons by name: what is not named here, such as an upload, does not exist on this page.
  const config = {
    responsive: true,
    displaylogo: false,
    modeBarButtons: [["zoom2d", "pan2d", "resetScale2d", "toImage"]],
    displayModeBar: touch.matches ? false : "hover",
  };

  // A phone has room for half of the dates; those at the right end stay.
  const narrow = matchMedia("(max-width: 600px)");
  const everySecond = (list) => list.filter((_, i) => (list.length - 1 - i) % 2 === 0);
  function fitted(update) {
    const copy = structuredClone(update);
    if (!narrow.matches) return copy;
    for (const name of ["xaxis.tickvals", "xaxis.ticktext"]) if (copy[name]) copy[name] = everySecond(copy[name]);
    const axis = copy.xaxis;
    if (axis && axis.tickvals) Object.assign(axis, { tickvals: everySecond(axis.tickvals), ticktext: everySecond(axis.ticktext) });
    else if (axis) axis.nticks = 5;
    return copy;
  }

  function draw(element) {
    if (element.dataset.drawn) return;
    element.dataset.drawn = "yes";
    const figure = page.figures[element.dataset.figure];
    // On a touch screen one finger scrolls the page; a tap moves the cursor.
    const layout = { ...fitted(figure.layout), template: template(), dragmode: touch.matches ? false : "zoom" };
    const image = { format: "png", filename: element.dataset.figure, scale: 2 };
    Plotly.newPlot(element, figure.data, layout, { ...config, toImageButtonOptions: image });
    // The element's label and the table say it in words; the loose numbers of the axes would only be noise to a reader.
    for (const svg of element.querySelectorAll(".main-svg")) svg.setAttribute("aria-hidden", "true");
  }

  const plots = [...document.querySelectorAll(".plot")];
  const drawVisible = () => plots.filter((plot) => plot.offsetParent !== null).forEach(draw);
  dark.addEventListener("change", () =>
    plots.filter((plot) => plot.dataset.drawn).forEach((plot) => Plotly.relayout(plot, { template: template() })));

  for (const button of document.querySelectorAll("button[data-range]")) {
    button.addEventListener("click", () => {
      const plot = document.getElementById(button.dataset.plot);
      const choice = page.ranges[plot.dataset.figure][Number(button.dataset.range)];
      Plotly.relayout(plot, fitted(choice));
      for (const other of button.parentElement.querySelectorAll("button")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
    });
  }

  const chooser = document.getElementById("activity-choice");
  function choose() {
    for (const chart of document.querySelectorAll("[data-activity]")) {
      chart.hidden = chart.dataset.activity !== chooser.value;
    }
    drawVisible();
    const shown = document.querySelector("[data-activity]:not([hidden]) .plot");
    if (shown) Plotly.Plots.resize(shown);
  }
  if (chooser) chooser.addEventListener("change", choose);
  if (chooser) choose();
  drawVisible();
})();
