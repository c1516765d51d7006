"use strict";
{
  const figures = document.getElementById("figures-data").textContent;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, responsive: true, showLink: false };
  const paper = 660; // pixels of the narrower of A4 and Letter between their margins, of 96 an inch

  const draw = (printing) => {
    // Plotly changes what it is given, so each drawing gets a fresh copy.
    for (const [key, themes] of Object.entries(JSON.parse(figures))) {
      const { data, layout } = themes[dark.matches && !printing ? "dark" : "light"];
      const place = document.getElementById(`figure-${key}`);
      Object.assign(layout, printing ? { width: paper } : { autosize: true });
      Plotly.react(place, data, layout, config);
      if (!printing) Plotly.Plots.resize(place); // which forgets the width of a print
    }
  };
  dark.addEventListener("change", () => draw(false));
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw(false));
  draw(false);
}
