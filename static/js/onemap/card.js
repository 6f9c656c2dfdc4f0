// The card of what was chosen: kind, name, facts, a way to its page. Escape shuts it and gives the focus back.
import { sign } from './marks.js';

export class Card {
  constructor(element, street) {
    this.element = element;
    this.street = street;
    this.mark = L.layerGroup().addTo(street.map);
    element.querySelector('[data-card-shut]').addEventListener('click', () => this.hide());
    document.addEventListener('keydown', event => { if (event.key === 'Escape' && !element.hidden) this.hide(); });
  }

  show(item) {
    const part = name => this.element.querySelector(`[data-card-${name}]`);
    if (this.element.hidden) this.opener = document.activeElement;
    part('sign').replaceChildren(...(item.row ? [sign(item.row, item.kind)] : []));
    part('kind').textContent = this.kind(item);
    part('name').textContent = item.title;
    part('facts').textContent = item.facts;
    part('link').href = item.url;
    this.element.hidden = false;
    this.mark.clearLayers();
    if (item.at) this.ring(item);
    this.element.focus({ preventScroll: true });
  }

  kind({ word, kind, row }) {
    const told = kind && row && row.querySelector(`[data-kind="${kind}"]`);
    return told ? `${word}，${told.dataset.word}` : word;
  }

  ring({ at, row, kind }) {  // the chosen one stands out even where it was counted into a cluster
    const icon = L.divIcon({ className: 'spot-ring', iconSize: [34, 34], html: row ? sign(row, kind) : '' });
    L.marker(this.street.show(at), { icon, interactive: false, keyboard: false, zIndexOffset: 10_000_000 }).addTo(this.mark);
  }

  hide() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.mark.clearLayers();
    if (this.opener && this.opener.isConnected) this.opener.focus({ preventScroll: true });
  }
}
