#!/usr/bin/env node
// The pictures of docs/audit.md: node audit.mjs UI WORKFLOW RUN, of a completed rollout; no worker is needed.
// Each is cut to what answers its question; of an activity's events, those that say nothing to it are left out.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Browser } from './browser.mjs';

const [ui, workflow, run] = process.argv.slice(2);
const namespace = `${ui}/namespaces/default`;
const execution = `${namespace}/workflows/${encodeURIComponent(workflow)}/${run}`;
const folder = new URL('audit/', import.meta.url).pathname;
const ROW = 'tr[data-testid="event-summary-row"]';
const EXPANDED = 'tr[data-testid="event-summary-row-expanded"]';

async function save(browser, name, clip) {
  const png = await browser.picture(clip);
  writeFileSync(`${folder}${name}.png`,
    execFileSync('pngquant', ['--speed', '1', '--strip', '16', '-'], { input: png }));
}

/** The part of the page that these elements take up, and a margin. */
async function around(browser, elements, margin, left = 0, right = Infinity) {
  const box = await browser.value(`(() => {
    const boxes = (${elements}).map(element => element.getBoundingClientRect());
    return { top: Math.min(...boxes.map(b => b.top)), bottom: Math.max(...boxes.map(b => b.bottom)),
      left: Math.min(...boxes.map(b => b.left)), right: Math.max(...boxes.map(b => b.right)) };
  })()`);
  const x = Math.max(0, box.left - margin, left);
  return { x, y: box.top - margin, width: Math.min(box.right + margin, right) - x,
    height: box.bottom - box.top + 2 * margin };
}

/** The event list, one row for each activity, the first on top. */
async function history(width) {
  const browser = await Browser.open(width, 7000);
  await browser.go(`${execution}/history?sort=ascending`);
  const compact = `[...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Compact')`;
  await browser.until(`!!(${compact})`);
  await browser.value(`${compact}.click()`);
  await browser.until(`${rows('WriteReport')}.length > 0`);
  return browser;
}

function rows(type) {
  return `[...document.querySelectorAll('${ROW}')]`
    + `.filter(row => [...row.querySelectorAll('div, a')].some(e => e.textContent.trim() === '${type}'))`;
}

/** An activity's row, opened, with only these of its events. */
async function opened(browser, type, events) {
  await browser.value(`${rows(type)}[0].click()`);
  const details = `${rows(type)}[0].nextElementSibling`;
  await browser.until(`${details}?.matches('${EXPANDED}') && ${details}.innerText.includes('${events.at(-1)}')`);
  const kept = await browser.value(`(() => {
    const sections = [...${details}.querySelectorAll('td > div > div')];
    const others = sections.filter(s => !${JSON.stringify(events)}.some(e => s.innerText.includes(e)));
    others.forEach(section => { section.style.display = 'none'; });
    return sections.length - others.length;
  })()`);
  if (kept !== events.length) throw new Error(`${type} has ${kept} of the events ${events}`);
  await settled();
  return `[${rows(type)}[0], ${details}]`;
}

const settled = () => new Promise(resolve => setTimeout(resolve, 700));

async function activity(name, type, events = ['Activity Task Completed']) {
  const browser = await history(980);
  await save(browser, name, await around(browser, await opened(browser, type, events), 1, 0, 964));
  await browser.close();
}

async function tab(name, tab, heading) {
  const browser = await Browser.open(960, 1400);
  await browser.go(`${execution}/${tab}`);
  await browser.until(`document.querySelectorAll('.cm-line').length > 3`);
  await settled();
  const shown = `[...document.querySelectorAll('h1, h2, h3, .cm-editor')]`
    + `.filter(e => e.checkVisibility() && (e.matches('.cm-editor') || e.textContent.trim() === '${heading}'))`;
  await save(browser, name, await around(browser, shown, 12));
  await browser.close();
}

/** The rows from one activity's to another's, from the column of the time or of the type on. */
async function list(name, column, first, last) {
  const browser = await history(1500);
  await settled();
  const left = await browser.value(
    `[...${rows(last)}[0].cells].filter(c => c.checkVisibility())[${column}].getBoundingClientRect().left`);
  await save(browser, name,
    await around(browser, `[${rows(first)}[0], ${rows(last)}[0]]`, 1, left, left + 985));
  await browser.close();
}

/** Of an activity's result, the lines of one name. */
async function lines(name, type, from) {
  const browser = await history(980);
  const details = await opened(browser, type, ['Activity Task Completed']);
  const shown = `(() => {
    const lines = [...${details}[1].querySelectorAll('.cm-line')];
    const first = lines.findIndex(l => l.textContent.includes('"${from}"'));
    const deep = lines[first].textContent.search(/\\S/);
    const last = lines.findIndex((l, i) => i > first && l.textContent.search(/\\S/) <= deep);
    lines[last].scrollIntoView({ block: 'nearest' });
    return lines.slice(first, last + 1);
  })()`;
  await save(browser, name, await around(browser, shown, 4, 0, 964));
  await browser.close();
}

async function found(name, query) {
  const browser = await Browser.open(1100, 900);
  await browser.go(`${namespace}/workflows?query=${encodeURIComponent(query)}`);
  await browser.until(`[...document.querySelectorAll('td')].some(c => c.textContent.includes('${workflow}'))`);
  await settled();
  await save(browser, name, { x: 64, y: 60, width: 1036, height: 330 });
  await browser.close();
}

mkdirSync(folder, { recursive: true });
await tab('01-requested-by', 'search-attributes', 'Search Attributes');
await list('02-approved', 2, 'RecordRefusal', 'RecordApproval');
await activity('03-verified', 'Verify');
await activity('04-blocked', 'Cutover');
await activity('05-moved', 'Backfill');
await lines('06-throttled', 'Backfill', 'throttled');
await list('07-rolled-back', 1, 'RecordOrder', 'Rollback');
await activity('08-backup', 'Backup');
await tab('09-bundle', 'memo', 'Memo');
await activity('10-versions', 'Preflight', ['Activity Task Started', 'Activity Task Completed']);
await found('list', `RubiconTarget = "prod" AND RubiconStatus = "completed"`);
