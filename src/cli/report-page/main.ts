import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { ChartData } from '../report/html/chart-data.ts';
import { configOf, heightOf } from './config.ts';
import { themeOf } from './theme.ts';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);
Chart.defaults.font.family = getComputedStyle(document.documentElement).fontFamily;

/** What two columns on paper leave to a chart, in CSS pixels, and how fine it is printed. */
const PAPER = { width: 350, ratio: 3 };

/** How far below the screen a chart is drawn already. */
const AHEAD = '600px';

const all = JSON.parse(
  document.querySelector('#data')?.textContent ?? '[]',
) as readonly ChartData[];
const charts = new Map<ChartData, Chart>();

const canvases = [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')].flatMap(
  (canvas) => {
    const data = all[Number(canvas.dataset.chart)];
    return data ? [{ canvas, data }] : [];
  },
);

/** Charts are drawn as they come into sight: a long report has more than one wants to wait for. */
function drawOnSight(): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const found = canvases.find(({ canvas }) => canvas.parentElement === target);
        if (!isIntersecting || !found) continue;
        observer.unobserve(target);
        charts.set(found.data, new Chart(found.canvas, configOf(found.data, themeOf())));
      }
    },
    { rootMargin: AHEAD },
  );
  for (const { canvas, data } of canvases) {
    const box = canvas.parentElement;
    if (!box) continue;
    box.style.height = `${heightOf(data)}px`;
    observer.observe(box);
  }
}

/**
 * Each chart once more for paper, of a fixed size. Those on the screen would be of no use: a canvas
 * that is resized is empty until the next frame, and printing waits for none.
 */
function drawForPaper(): void {
  if (document.querySelector('.printed')) return;
  const theme = themeOf('light');
  for (const { canvas, data } of canvases) {
    const paper = Object.assign(document.createElement('canvas'), {
      width: PAPER.width,
      height: heightOf(data),
      className: 'printed',
    });
    const config = configOf(data, theme);
    const options = { ...config.options, responsive: false, devicePixelRatio: PAPER.ratio };
    const chart = new Chart(paper, { ...config, options });
    chart.draw();
    // It is so wide as there is room; Chart.js has fixed it.
    paper.removeAttribute('style');
    canvas.parentElement?.after(paper);
  }
}

function recolour(): void {
  const theme = themeOf();
  for (const [data, chart] of charts) {
    const { data: next, options } = configOf(data, theme);
    chart.data = next;
    Object.assign(chart.options, options);
    chart.update('none');
  }
}

document.documentElement.classList.add('drawn');
drawOnSight();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour);
const print = matchMedia('print');
print.addEventListener('change', ({ matches }) => matches && drawForPaper());
addEventListener('beforeprint', drawForPaper);
if (print.matches) drawForPaper();
