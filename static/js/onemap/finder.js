// The search box of the map: a combobox over /grid/search.json. Without a script it is a form with a page of results.
const REST_MS = 180, SHORTEST = 2;

export class Finder {
  constructor(form, onGo) {
    Object.assign(this, { form, onGo, input: form.querySelector('input'), list: form.querySelector('[role=listbox]'), says: form.querySelector('[role=status]'), found: [], at: -1 });
    this.input.addEventListener('input', () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), REST_MS); });
    this.input.addEventListener('keydown', event => this.key(event));
    form.addEventListener('submit', event => { event.preventDefault(); clearTimeout(this.timer); this.submit(); });
    form.addEventListener('focusout', event => { if (!form.contains(event.relatedTarget)) this.shut(); });
  }

  static item({ kind, name, facts, url, lon, lat, layer }) {
    const row = document.querySelector(`[data-layer="${layer}"]`);
    return { word: kind, title: name, facts, url, layer, row, at: lon === null ? null : [lon, lat] };
  }

  async ask() {
    const text = this.input.value.trim(), mine = this.asked = text;
    if (text.length < SHORTEST) { this.found = []; this.shut(); return; }
    try {
      const answer = await fetch(`/grid/search.json?q=${encodeURIComponent(text)}`, { credentials: 'same-origin' });
      const told = await answer.json();
      if (mine !== this.asked) return;
      this.found = told.found;
      this.says.textContent = told.sentence;
    } catch {
      if (mine !== this.asked) return;
      this.found = [];
      this.says.textContent = '没有查到，网络可能断开。请再试一次。';
    }
    this.draw();
  }

  draw() {
    this.at = -1;
    this.list.replaceChildren(...this.found.map((found, at) => this.option(found, at)));
    this.list.hidden = !this.found.length;
    this.says.hidden = Boolean(this.found.length) || !this.says.textContent;
    this.input.setAttribute('aria-expanded', String(!this.list.hidden));
    this.input.removeAttribute('aria-activedescendant');
  }

  option(found, at) {
    const option = document.createElement('li');
    option.id = `found-${at}`;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-selected', 'false');
    option.append(Object.assign(document.createElement('span'), { className: 'tag', textContent: found.kind }), Object.assign(document.createElement('b'), { textContent: found.name }), Object.assign(document.createElement('small'), { textContent: found.facts }));
    option.addEventListener('pointerdown', event => { event.preventDefault(); this.go(found); });
    return option;
  }

  key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      if (this.list.hidden) { this.draw(); }
      this.point((this.at + step + this.found.length) % this.found.length);
    } else if (event.key === 'Escape' && !(this.list.hidden && this.says.hidden)) {
      event.stopPropagation();
      this.shut();
    }
  }

  point(at) {
    this.at = at;
    [...this.list.children].forEach((option, place) => option.setAttribute('aria-selected', String(place === at)));
    this.list.children[at].scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', `found-${at}`);
  }

  async submit() {
    if (this.asked !== this.input.value.trim() || !this.found.length) await this.ask();
    const chosen = this.found[Math.max(0, this.at)];
    if (chosen) this.go(chosen);
    else this.says.hidden = !this.says.textContent;
  }

  go(found) {
    this.shut();
    if (found.lon === null) location.assign(found.url);  // nobody may see where: then its page
    else this.onGo(Finder.item(found));
  }

  shut() {
    this.list.hidden = true;
    this.says.hidden = true;
    this.at = -1;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.removeAttribute('aria-activedescendant');
  }
}
