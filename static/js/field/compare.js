/* 前后照片对比：拖动或左右键。页面上已有的两张直接能拖；刚拍的那张用 show 放上去。
   Field.compare(box) → {show(address, words), hide()} */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};

  const follow = range => {
    const set = () => range.parentNode.style.setProperty('--x', range.value + '%');
    range.addEventListener('input', set);
    set();
  };

  Field.compare = function (box) {
    const after = box.querySelector('.after'), words = box.querySelector('[data-after-words]');
    const parts = [after, words, box.querySelector('.cmp__grip'), box.querySelector('input')];
    const toggle = shown => {
      parts.forEach(part => { part.hidden = !shown; });
      box.classList.toggle('cmp--single', !shown);
    };
    return {
      show: (address, said) => { after.src = address; words.textContent = said; toggle(true); },
      hide: () => { after.removeAttribute('src'); toggle(false); },
    };
  };

  Array.prototype.forEach.call(document.querySelectorAll('.cmp input[type="range"]'), follow);
})(self);
