// Chromium without a window, driven through its DevTools protocol over a pipe: needs nothing but Node.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Browser {
  #process;
  #profile;
  #session;
  #next = 1;
  #waiting = new Map();
  #rest = Buffer.alloc(0);

  static async open(width, height) {
    const browser = new Browser();
    browser.#profile = mkdtempSync(join(tmpdir(), 'rubicon-browser'));
    const options = ['--headless=new', '--remote-debugging-pipe', '--hide-scrollbars',
      '--disable-gpu', '--no-first-run', '--force-device-scale-factor=1',
      `--user-data-dir=${browser.#profile}`, `--window-size=${width},${height}`];
    // Chromium's sandbox refuses root, and CI is root.
    if (process.getuid?.() === 0) options.push('--no-sandbox');
    browser.#process = spawn(process.env.CHROMIUM ?? 'chromium', options,
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    browser.#process.on('error', failure => { throw failure; });
    browser.#process.stdio[4].on('data', chunk => browser.#read(chunk));
    const { targetId } = await browser.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.#send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = sessionId;
    await browser.send('Page.enable');
    await browser.send('Emulation.setDeviceMetricsOverride',
      { width, height, deviceScaleFactor: 1, mobile: false });
    return browser;
  }

  #read(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let end; (end = this.#rest.indexOf(0)) >= 0; this.#rest = this.#rest.subarray(end + 1)) {
      const message = JSON.parse(this.#rest.subarray(0, end).toString());
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error) waiting?.reject(new Error(JSON.stringify(message.error)));
      else waiting?.resolve(message.result);
    }
  }

  #send(method, params = {}, sessionId = undefined) {
    const id = this.#next++;
    this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  send(method, params = {}) {
    return this.#send(method, params, this.#session);
  }

  async go(url) {
    await this.send('Page.navigate', { url });
  }

  /** The value of an expression in the page. */
  async value(expression) {
    const answer = await this.send('Runtime.evaluate',
      { expression, returnByValue: true, awaitPromise: true });
    if (answer.exceptionDetails) {
      throw new Error(expression + ': ' + answer.exceptionDetails.exception?.description);
    }
    return answer.result.value;
  }

  /** Waits until the expression is true in the page. */
  async until(expression, seconds = 60) {
    const end = Date.now() + seconds * 1000;
    while (!(await this.value(expression))) {
      if (Date.now() > end) {
        throw new Error(`waited in vain for ${expression}; the page says: `
          + (await this.value('document.body.innerText')).slice(0, 2000));
      }
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  async picture(clip) {
    const { data } = await this.send('Page.captureScreenshot',
      { format: 'png', captureBeyondViewport: true, ...(clip ? { clip: { ...clip, scale: 1 } } : {}) });
    return Buffer.from(data, 'base64');
  }

  close() {
    return new Promise(resolve => {
      this.#process.on('exit', () => {
        rmSync(this.#profile, { recursive: true, force: true });
        resolve();
      });
      this.#process.kill();
    });
  }
}
