// Tables that a click on a head sorts: first the best on top, then the other way round.
function sortable(table) {
  const view = table.id.replace("table-", "");
  const body = table.tBodies[0];
  const original = [...body.rows];
  const buttons = [...table.tHead.querySelectorAll("button.sort")];

  function sort(button, direction) {
    const head = button.closest("th");
    const column = head.cellIndex;
    const sign = direction === "ascending" ? 1 : -1;
    const byName = column === 0;
    const rows = original.map((row, place) => {
      const cell = row.cells[column];
      const isFailed = row.classList.contains("failed");
      const text = byName ? row.cells[0].textContent : isFailed ? "" : cell.dataset.value;
      const number = text === "inf" ? Infinity : text === "-inf" ? -Infinity : Number(text);
      return { row, place, text, number, isKnown: byName || (text !== "" && !Number.isNaN(number)) };
    });
    rows.sort((a, b) => {
      // What has no value stands at the end in both directions.
      if (a.isKnown !== b.isKnown) return a.isKnown ? -1 : 1;
      if (!a.isKnown) return a.place - b.place;
      const order = byName ? a.text.localeCompare(b.text, "en", { numeric: true }) : a.number === b.number ? 0 : a.number - b.number;
      return sign * order || a.place - b.place;
    });
    body.append(...rows.map((each) => each.row));
    for (const each of buttons) each.closest("th").removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      const now = button.closest("th").getAttribute("aria-sort");
      const first = button.dataset.direction ?? "ascending";
      const direction = now === null ? first : now === "ascending" ? "descending" : "ascending";
      sort(button, direction);
      State.set(view, "sort", `${button.dataset.column}:${direction}`);
    });
  }
  const [column, direction] = (State.get(view, "sort") ?? "").split(":");
  const chosen = buttons.find((each) => each.dataset.column === column);
  if (chosen) sort(chosen, direction === "descending" ? direction : "ascending");
}

// Says below a table that is wider than its place that there is more of it.
function hinted(place) {
  const hint = make("p", { class: "quiet small more", hidden: "" }, "→ More columns: scroll the table sideways.");
  place.after(hint);
  new ResizeObserver(() => { hint.hidden = place.scrollWidth <= place.clientWidth + 1; }).observe(place);
}
