// Maps: every [data-map] element shows the street's ground and what its JSON asks for.
// {"live": 1 drag, zoom, focus; "cells": 1 unit grids; "areas": 0 no communities; "labels": 0; "hit": grid code; "heat": {community code: n}, "top": 7;
//  "sites": 1 key sites; "line": [[lon, lat]] a road; "pins": [{lon, lat, kind: now|over|due|ok, text, url}] or "pinsUrl"; "zoom": 16; "pad": 10}
// A map that is ready tells it by the event map:ready, whose detail is the StreetMap; drawn anew, by map:drawn.
import { pick } from './map-pick.js';
import { Tiles } from './map-tiles.js';

const css = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const kept = new Map();

export function fetchJson(url) {
  if (!kept.has(url)) kept.set(url, fetch(url, { credentials: 'same-origin' }).then(answer => {
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer.json();
  }).catch(error => { kept.delete(url); throw error; }));
  return kept.get(url);
}

function icon(kind, size) {
  const dot = document.createElement('div');
  dot.className = `pin pin--${kind}`;
  return L.divIcon({ className: '', iconSize: [size, size], html: dot });
}

class StreetMap {
  constructor(element, ground) {
    this.element = element;
    this.ask = JSON.parse(element.dataset.map || '{}');
    this.ground = ground;
    this.tiles = new Tiles(this.ask.heat ? [] : ground.tiles);  // coloured areas are a ground of their own, also on a wall without a login
    this.show = at => this.tiles.show(at);
    this.read = at => this.tiles.read(at);
    const live = Boolean(this.ask.live);
    this.map = L.map(element, {
      zoomControl: false, attributionControl: Boolean(this.tiles.source), zoomSnap: .05, zoomDelta: .5, zoomAnimation: false,
      fadeAnimation: false, markerZoomAnimation: false, scrollWheelZoom: live, keyboard: live, dragging: live, doubleClickZoom: live,
      touchZoom: live, boxZoom: live, minZoom: 11, maxZoom: 19,
    });
    if (live) L.control.zoom({ zoomInTitle: '放大', zoomOutTitle: '缩小' }).addTo(this.map);
    if (this.tiles.source) this.map.attributionControl.setPrefix(false);
    this.tiles.group.addTo(this.map);
    this.renderer = L.svg({ padding: 1 });
    this.drawn = L.layerGroup().addTo(this.map);
    this.pins = L.layerGroup().addTo(this.map);
    this.pinned = [];
    this.fit();
    this.draw();
    this.drawPins(this.ask.pins || []);
    if (this.ask.pinsUrl) fetchJson(this.ask.pinsUrl).then(answer => this.drawPins(answer.pins)).catch(() => this.fail());
    if (this.ask.sites) fetchJson('/grid/sites.json').then(answer => this.drawPins(answer.pins)).catch(() => this.fail());
    new ResizeObserver(() => this.resized()).observe(element);
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    new MutationObserver(() => this.ask_again()).observe(element, { attributeFilter: ['data-map'] });
    element.dataset.mapState = 'ready';
    element.dispatchEvent(new CustomEvent('map:ready', { bubbles: true, detail: this }));
  }

  fail() { this.element.dataset.mapState = 'failed'; }
  of(layer) { return this.ground.features.filter(feature => feature.properties.layer === layer); }
  rings(feature) { return feature.geometry.coordinates.map(ring => ring.map(this.show)); }

  lay(source) {
    this.tiles.change(source, this.map);
    const pins = this.pinned;
    this.unpin();
    this.draw();
    this.drawPins(pins);
  }

  unpin() { this.pins.clearLayers(); this.pinned = []; }

  fit() {
    const hit = this.ask.hit && this.of('grid').find(feature => feature.properties.code === this.ask.hit);
    const first = (this.ask.pins || []).find(pin => pin.kind === 'now') || (this.ask.pins || [])[0];
    const street = this.of('street')[0];
    if (hit) this.map.fitBounds(L.latLngBounds([...this.rings(hit)[0], ...(this.ask.line || []).map(this.show)]).pad(.7));
    else if (first && this.ask.zoom) this.map.setView(this.show([first.lon, first.lat]), this.ask.zoom);
    else if (street) this.map.fitBounds(L.latLngBounds(this.rings(street)[0]), { padding: [this.ask.pad ?? 10, this.ask.pad ?? 10] });
    else this.map.setView(this.show([116.19, 39.935]), 13);
    this.fitted = this.element.clientWidth > 0;
  }

  ask_again() {  // a wall that refreshes itself changes what the map shows, never the map
    this.ask = JSON.parse(this.element.dataset.map || '{}');
    this.unpin();
    this.draw();
    this.drawPins(this.ask.pins || []);
  }

  resized() {  // a map that was hidden in a dialog or a tab gets its view when it first has a size
    this.map.invalidateSize({ pan: false });
    if (!this.fitted || !this.ask.live) this.fit();  // paper and walls have other sizes than the desk
  }

  area(feature, style) { L.polygon(this.rings(feature), { renderer: this.renderer, interactive: false, fillOpacity: 1, ...style }).addTo(this.drawn); }

  draw() {  // colours are read anew, so that a change of theme redraws the ground
    this.drawn.clearLayers();
    const { heat, hit } = this.ask, most = Math.max(1, ...Object.values(heat || {}));
    const fill = this.tiles.source ? 0 : 1, areas = this.ask.areas !== 0;
    const warmth = code => css(`heat-${Math.min(5, Math.ceil((heat[code] || 0) / most * 5))}`);
    this.of('community').forEach(feature => this.area(feature, heat
      ? { weight: 1, color: css('map-ground'), fillColor: warmth(feature.properties.code) }
      : { weight: 1.2, color: css('map-edge'), opacity: .55, stroke: areas, fillColor: css('map-cell'), fillOpacity: fill }));
    if (this.ask.cells) this.of('grid').forEach(feature => this.area(feature, { weight: .8, color: css('map-line'), fill: false }));
    this.of('road').forEach(feature => L.polyline(feature.geometry.coordinates.map(this.show), { renderer: this.renderer, interactive: false, weight: this.ask.hit || this.ask.zoom ? 6 : 2.6, color: heat ? css('surface') : css('map-road'), opacity: heat ? .28 : 1 }).addTo(this.drawn));
    this.of('street').forEach(feature => this.area(feature, { fill: false, weight: 1.6, color: css('map-edge') }));
    this.of('grid').filter(feature => feature.properties.code === hit).forEach(feature => this.area(feature, { weight: 1.6, color: css('accent'), fillColor: css('accent'), fillOpacity: .18 }));
    if (this.ask.line) L.polyline(this.ask.line.map(this.show), { renderer: this.renderer, interactive: false, weight: 4, color: css('accent') }).addTo(this.drawn);
    if (this.ask.labels !== 0) this.of('community').forEach(feature => this.label(feature, heat, most));
    this.element.dispatchEvent(new CustomEvent('map:drawn'));
  }

  label({ properties }, heat, most) {
    const n = heat ? heat[properties.code] || 0 : null;
    if (heat && n < (this.ask.top || 1)) return;
    const text = document.createElement('div');
    text.className = `map__lbl${heat ? ' map__heat' : ''}${heat && n > most * .6 ? ' is-strong' : ''}`;
    text.append(properties.short_name);
    if (heat) text.append(document.createElement('br'), Object.assign(document.createElement('b'), { textContent: n }));
    L.marker(this.show(properties.label), { interactive: false, keyboard: false, zIndexOffset: 800, icon: L.divIcon({ className: '', iconSize: [120, 16], html: text }) }).addTo(this.drawn);
  }

  drawPins(pins) {
    this.pinned.push(...pins);
    const live = Boolean(this.ask.live);
    pins.forEach(pin => {
      const marker = L.marker(this.show([pin.lon, pin.lat]), { icon: icon(pin.kind, { now: 18, site: 10 }[pin.kind] || 14), interactive: live, keyboard: live && Boolean(pin.url), title: live ? '' : pin.text || '', alt: pin.text || '位置', zIndexOffset: pin.kind === 'site' ? 0 : 500 });
      if (live && pin.text) marker.bindTooltip(document.createTextNode(pin.text).textContent.replace(/[<>&]/g, ''), { direction: 'top' });
      if (live && pin.url) marker.on('click keypress', event => { if (!event.originalEvent.key || event.originalEvent.key === 'Enter') location.assign(pin.url); });
      marker.addTo(this.pins);
      if (live && pin.url) marker.getElement().setAttribute('aria-label', pin.text || '打开');
    });
  }
}

function start(root) {
  const found = root.matches && root.matches('[data-map]') ? [root] : root.querySelectorAll('[data-map]');
  found.forEach(element => {
    if (element.dataset.mapState) return;
    element.dataset.mapState = 'loading';
    fetchJson('/grid/ground.json').then(ground => {
      const street = new StreetMap(element, ground);
      if ('mapPick' in element.dataset) pick(street, icon('now', 18));
    }).catch(error => { console.error(error); element.dataset.mapState = 'failed'; });
  });
}

start(document);
document.addEventListener('htmx:load', event => start(event.target));
