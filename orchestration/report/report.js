// Draws what the tables say: each chart reads the table below it, so that both hold the same figures. Numbers and dates
// are written as the reader's locale does.
(() => {
  "use strict";
  const root = document.documentElement;
  const locale = (navigator.languages && navigator.languages[0]) || navigator.language || root.lang;
  const currency = root.dataset.currency;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // How a figure is written, by its format.
  const numbers = (options) => new Intl.NumberFormat(locale, options);
  const dates = (options) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return { format: (text) => format.format(new Date(text.length > 10 ? text + "Z" : text + "T00:00:00Z")) };
  };
  const fixed = (digits) => numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  const money = (digits) => {
    try {
      return numbers({ style: "currency", currency, maximumFractionDigits: digits, minimumFractionDigits: digits });
    } catch {
      return fixed(digits);
    }
  };
  const [large, small] = [money(0), money(2)];
  const time = dates({ dateStyle: "medium", timeStyle: "short" });
  const formats = {
    money: { format: (value) => (value && Math.abs(value) < 100 ? small : large).format(value) },
    count: fixed(0),
    days: fixed(0),
    share: numbers({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    score: fixed(1),
    coefficient: fixed(3),
    ratio: fixed(1),
    month: dates({ year: "numeric", month: "short" }),
    date: dates({ dateStyle: "medium" }),
    time: { format: (text) => `${time.format(text)} UTC` },
  };
  const written = (value, format) => {
    const isNumber = !["month", "date", "time"].includes(format);
    return formats[format].format(isNumber ? Number(value) : value);
  };
  const ofAxis = (format) => {
    if (format === "share") return (value) => numbers({ style: "percent", maximumFractionDigits: 1 }).format(value);
    const compact = numbers({ notation: "compact", maximumFractionDigits: 2 });
    return (value) => compact.format(value);
  };
  for (const cell of document.querySelectorAll("[data-format]")) {
    if (cell.dataset.format in formats) cell.textContent = written(cell.dataset.value, cell.dataset.format);
  }

  // The rows of a chart's table: of each column what is written, the exact figure, and its format.
  const rowsOf = (table) => {
    const names = [...table.querySelectorAll("thead th")].map((cell) => [cell.dataset.column, cell.textContent]);
    return [...table.querySelectorAll("tbody tr")].map((line) => {
      const row = { line, cells: {} };
      [...line.children].forEach((cell, place) => {
        const [name, heading] = names[place];
        row.cells[name] = { heading, text: cell.textContent, value: cell.dataset.value, format: cell.dataset.format };
      });
      return row;
    });
  };
  const figure = (row, name) => {
    const cell = row.cells[name];
    return cell && cell.value !== undefined ? Number(cell.value) : null;
  };
  const text = (row, names) => [...new Set([names].flat().map((name) => row.cells[name].text))].join(" · ");
  const formatOf = (rows, name) => rows.map((row) => row.cells[name].format).find(Boolean);

  // What every chart has in common.
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const tooltip = (row) => {
    const box = document.createElement("div");
    const list = document.createElement("dl");
    box.className = "tooltip";
    for (const { heading, text: said } of Object.values(row.cells)) {
      const [term, value] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = heading;
      value.textContent = said;
      list.append(term, value);
    }
    box.append(list);
    return box;
  };
  const frame = (trigger, row) => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("ink"), fontSize: 12 },
    grid: { left: 4, right: 14, top: 14, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger, confine: true, transitionDuration: still.matches ? 0 : 0.2, backgroundColor: colour("card"),
      borderColor: colour("rule"), textStyle: { color: colour("ink"), fontSize: 12 },
      axisPointer: { type: "line", lineStyle: { color: colour("rule") } },
      formatter: (found) => {
        const hit = row([found].flat());
        return hit ? tooltip(hit) : "";
      },
    },
  });
  const names = (data, more = {}) => ({
    type: "category", data, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("rule") } },
    axisLabel: { color: colour("muted"), hideOverlap: true, ...more.axisLabel }, ...more.axis,
  });
  const values = (format, more = {}) => ({
    type: "value", axisLabel: { color: colour("muted"), formatter: ofAxis(format), hideOverlap: true },
    splitLine: { lineStyle: { color: colour("line") } }, splitNumber: 4, ...more,
  });
  const edge = () => ({ symbol: "none", silent: true, lineStyle: { color: colour("end"), width: 1 } });

  const kinds = {
    trend: (rows, roles) => {
      const ends = rows.map((row) => [figure(row, roles.lower), figure(row, roles.upper)]);
      return {
        ...frame("axis", ([hit]) => rows[hit.dataIndex]),
        xAxis: names(rows.map((row) => text(row, roles.x)), { axis: { boundaryGap: false } }),
        yAxis: values(formatOf(rows, roles.y), { scale: true }),
        series: [
          { type: "line", stack: "band", stackStrategy: "all", data: ends.map(([lower]) => lower), ...edge() },
          {
            type: "line", stack: "band", stackStrategy: "all", ...edge(),
            data: ends.map(([lower, upper]) => (lower === null || upper === null ? null : upper - lower)),
            areaStyle: { color: colour("band"), opacity: 0.6 },
          },
          {
            type: "line", data: rows.map((row) => figure(row, roles.y)), symbol: "circle", symbolSize: 5,
            lineStyle: { color: colour("accent"), width: 2 }, itemStyle: { color: colour("accent") }, z: 3,
          },
        ],
      };
    },
    stacked: (rows, roles) => {
      const places = [...new Set(rows.map((row) => text(row, roles.x)))];
      const all = roles.order;
      const found = new Map(rows.map((row) => [`${text(row, roles.x)}\n${text(row, roles.series)}`, row]));
      const common = frame("axis", () => null);
      const format = formatOf(rows, roles.y);
      common.tooltip.formatter = (hits) => {
        const cells = { place: { heading: hits[0].axisValueLabel, text: "" } };
        for (const hit of [...hits].reverse()) {
          cells[hit.seriesName] = { heading: hit.seriesName, text: hit.value ? written(hit.value, format) : "–" };
        }
        return tooltip({ cells });
      };
      return {
        ...common,
        grid: { ...common.grid, top: 64 },
        legend: { top: 0, textStyle: { color: colour("ink") }, itemWidth: 14, itemHeight: 10, icon: "rect" },
        xAxis: names(places, { axis: { boundaryGap: false } }),
        yAxis: values(format),
        series: all.map((name, place) => ({
          name, type: "line", stack: "all", symbol: "none", areaStyle: { opacity: 0.95 },
          lineStyle: { width: 1, color: colour("card") }, itemStyle: { color: colour(`c${(place % 9) + 1}`) },
          data: places.map((at) => {
            const row = found.get(`${at}\n${name}`);
            return row ? figure(row, roles.y) : 0;
          }),
        })),
      };
    },
    bridge: (rows, roles) => {
      const amounts = rows.map((row) => figure(row, roles.y));
      const last = rows.length - 1;
      const format = formatOf(rows, roles.y);
      let level = 0;
      const spans = amounts.map((amount, place) => {
        const from = place === 0 || place === last ? 0 : level;
        level = place === last ? amount : from + (amount ?? 0);
        return [from, level];
      });
      const inner = spans.slice(1, last).flat();
      const [least, most] = [Math.min(...inner, amounts[0], amounts[last]), Math.max(...inner, amounts[0], amounts[last])];
      const floor = least - (most - least) * 0.25;
      const fill = (place) => {
        if (place === 0 || place === last) return colour("accent");
        if (rows[place].cells[roles.x].value === "model_change_amount") return colour("neutral");
        return colour(amounts[place] < 0 ? "down" : "up");
      };
      const short = { notation: most < 1e6 ? "standard" : "compact", maximumFractionDigits: most < 1e6 ? 0 : 2 };
      const [plain, sign] = [numbers(short), numbers({ ...short, signDisplay: "exceptZero" })];
      return {
        ...frame("axis", ([hit]) => rows[hit.dataIndex]),
        xAxis: names(rows.map((row) => text(row, roles.x)), { axisLabel: { interval: 0, width: root.clientWidth < 600 ? 46 : 70, overflow: "break", lineHeight: 13, hideOverlap: false } }),
        yAxis: values(format, { min: floor, max: most + (most - least) * 0.15, axisLabel: { show: false }, splitLine: { show: false } }),
        series: [
          { type: "bar", stack: "all", silent: true, itemStyle: { color: "transparent" }, data: spans.map((span) => Math.min(...span)) },
          {
            type: "bar", stack: "all", barMaxWidth: 46,
            data: spans.map(([from, to], place) => ({ value: Math.abs(to - from), itemStyle: { color: fill(place) } })),
            label: {
              show: true, position: "top", color: colour("ink"), fontSize: 12,
              formatter: ({ dataIndex: place }) => {
                if (amounts[place] === null) return rows[place].cells[roles.y].text;
                return (place === 0 || place === last ? plain : sign).format(amounts[place]);
              },
            },
          },
        ],
      };
    },
    estimates: (rows, roles) => {
      const ends = rows.map((row) => [figure(row, roles.lower), figure(row, roles.upper)]);
      const told = rows.map((row) => {
        const cell = row.cells[roles.y];
        const effect = roles.to ? ` → ${text(row, roles.to)}` : "";
        return text(row, roles.x) + effect + (cell.value === undefined ? ` (${cell.text})` : "");
      });
      return {
        ...frame("item", ([hit]) => rows[hit.dataIndex]),
        xAxis: values(formatOf(rows, roles.y), { scale: true }),
        yAxis: names(told, { axis: { inverse: true }, axisLabel: { width: labelWidth(told), overflow: "break", lineHeight: 14, interval: 0, hideOverlap: false } }),
        series: [
          { type: "bar", stack: "span", stackStrategy: "all", barWidth: 6, silent: true, itemStyle: { color: "transparent" }, data: ends.map(([lower]) => lower) },
          {
            type: "bar", stack: "span", stackStrategy: "all", barWidth: 6, itemStyle: { color: colour("end") },
            data: ends.map(([lower, upper]) => (lower === null || upper === null ? null : upper - lower)),
          },
          { type: "scatter", symbolSize: 11, itemStyle: { color: colour("accent") }, z: 3, data: rows.map((row) => figure(row, roles.y)) },
        ],
      };
    },
    bars: (rows, roles) => {
      const told = rows.map((row) => text(row, roles.x));
      const common = frame("item", ([hit]) => rows[hit.dataIndex]);
      return {
        ...common,
        grid: { ...common.grid, right: 96 },
        xAxis: values(formatOf(rows, roles.y)),
        yAxis: names(told, { axis: { inverse: true }, axisLabel: { width: labelWidth(told), overflow: "break", lineHeight: 14, interval: 0, hideOverlap: false } }),
        series: [{
          type: "bar", barMaxWidth: 22, itemStyle: { color: colour("accent") }, data: rows.map((row) => figure(row, roles.y) ?? 0),
          label: { show: true, position: "right", color: colour("ink"), formatter: ({ dataIndex: place }) => rows[place].cells[roles.y].text },
        }],
      };
    },
  };
  const labelWidth = (labels) => Math.min(root.clientWidth < 600 ? 120 : 230, 12 + 8 * Math.max(...labels.map((label) => label.length)));
  const height = (kind, rows, roles) => {
    if (kind !== "bars" && kind !== "estimates") return 300;
    // Narrow labels take more lines.
    const longest = Math.max(...rows.map((row) => text(row, [roles.x, roles.to ?? [], roles.y].flat()).length));
    return 56 + rows.length * (root.clientWidth < 600 && longest > 36 ? 66 : 34);
  };

  // A chart is drawn when it is seen first, and again when its size, its rows or the colours change.
  const drawn = new Set();
  const draw = (chart) => {
    for (const canvas of chart.querySelectorAll(".canvas")) echarts.getInstanceByDom(canvas).dispose();
    chart.replaceChildren();
    const { kind } = chart.dataset;
    const roles = JSON.parse(chart.dataset.roles);
    const rows = rowsOf(chart.parentElement.querySelector("table")).filter((row) => !row.line.hidden);
    const panels = new Map();
    for (const row of rows) {
      const panel = roles.panels ? text(row, roles.panels) : "";
      panels.set(panel, [...(panels.get(panel) ?? []), row]);
    }
    chart.className = roles.panels ? "chart panels" : "chart";
    drawn.add(chart);
    const shown = [...panels].map(([title, group]) => {
      const place = document.createElement("div");
      if (title) {
        const heading = document.createElement("p");
        heading.textContent = title;
        place.append(heading);
      }
      chart.append(place);
      return [place, group];
    });
    for (const [place, group] of shown) {
      const without = group.filter((row) => figure(row, roles.y) === null);
      const reason = [...new Set(without.map((row) => row.cells[roles.y].text))].join("; ");
      // A few without a figure stand among the others with their reason; of many it is said once.
      const told = kind === "estimates" && without.length > 8 ? group.filter((row) => !without.includes(row)) : group;
      if (told !== group || without.length === group.length) {
        const said = document.createElement("p");
        said.className = "nothing";
        said.textContent = chart.dataset.without.replace("{count}", formats.count.format(without.length)).replace("{reason}", reason);
        place.append(said);
        if (without.length === group.length) continue;
      }
      const canvas = document.createElement("div");
      canvas.className = "canvas";
      canvas.style.height = `${roles.panels ? 190 : height(kind, told, roles)}px`;
      place.append(canvas);
      const made = echarts.init(canvas, null, { renderer: "svg" });
      made.setOption(kinds[kind](told, roles));
    }
  };
  const charts = [...document.querySelectorAll(".chart")];
  const isSeen = (chart) => printing() || chart.closest(".page").classList.contains("shown");
  const printing = () => root.classList.contains("printing");
  const drawAll = () => {
    charts.filter(isSeen).forEach(draw);
    charts.filter((chart) => !isSeen(chart)).forEach((chart) => drawn.delete(chart));
  };

  // What a reader may choose among: the rows of a table, by what its first columns say.
  for (const chart of charts) {
    const roles = JSON.parse(chart.dataset.roles);
    const rows = rowsOf(chart.parentElement.querySelector("table"));
    const picks = (roles.choose ?? []).map((columns) => {
      const label = document.createElement("label");
      const select = document.createElement("select");
      label.append(`${columns.map((name) => rows[0].cells[name].heading).join(", ")} `, select);
      chart.parentElement.querySelector(".choices").append(label);
      return { columns, select };
    });
    const offer = (from) => {
      let open = rows;
      picks.forEach(({ columns, select }, place) => {
        if (place >= from) {
          const shown = new Map();
          for (const row of open) {
            const name = text(row, columns);
            shown.set(name, (shown.get(name) ?? 0) + (figure(row, roles.y) === null ? 0 : 1));
          }
          const before = select.value;
          const most = Math.max(...shown.values());
          select.replaceChildren(...[...shown.keys()].map((name) => new Option(name)));
          select.value = shown.has(before) ? before : [...shown].find(([, count]) => count === most)[0];
        }
        open = open.filter((row) => text(row, columns) === select.value);
      });
      for (const row of rows) row.line.hidden = !open.includes(row);
    };
    picks.forEach(({ select }, place) => select.addEventListener("change", () => {
      offer(place + 1);
      draw(chart);
    }));
    if (picks.length) offer(0);
  }

  // One page at a time; a definition belongs to the last.
  const pages = [...document.querySelectorAll(".page")];
  const show = (moves) => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const page = (target && target.closest(".page")) ?? pages[0];
    for (const each of pages) each.classList.toggle("shown", each === page);
    for (const link of document.querySelectorAll("header nav:not(.languages) a")) {
      if (link.hash === `#${page.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    charts.filter((chart) => isSeen(chart) && !drawn.has(chart)).forEach(draw);
    if (!moves) return;
    if (target && target !== page) target.scrollIntoView();
    else scrollTo(0, 0);
    (target && target !== page && target.tabIndex === -1 ? target : page.querySelector("h2")).focus({ preventScroll: true });
  };
  root.classList.add("scripted");
  addEventListener("hashchange", () => show(true));
  show(location.hash !== "");

  let width = root.clientWidth;
  let waiting;
  addEventListener("resize", () => {
    if (width === root.clientWidth || printing()) return;
    width = root.clientWidth;
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 150);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  addEventListener("beforeprint", () => {
    root.classList.add("printing");
    drawAll();
  });
  addEventListener("afterprint", () => {
    root.classList.remove("printing");
    drawAll();
  });
})();
