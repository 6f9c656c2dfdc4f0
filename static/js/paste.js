// Pictures pasted or dropped anywhere on the page go into its file input, behind those already chosen.
const input = document.querySelector('#id_photos');
const says = document.querySelector('[data-paste-says]');
const MOST = 9;

const take = files => {
  const pictures = [...files].filter(file => file.type.startsWith('image/'));
  if (!pictures.length) return false;
  const all = new DataTransfer();
  for (const file of [...input.files, ...pictures].slice(0, MOST)) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
};

document.addEventListener('paste', event => {
  if (take(event.clipboardData.files)) event.preventDefault();
});
document.addEventListener('dragover', event => event.preventDefault());
document.addEventListener('drop', event => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
input.addEventListener('change', () => {
  says.textContent = input.files.length ? `已选 ${input.files.length} 张照片` : '';
});
