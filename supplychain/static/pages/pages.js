// Narrows what is shown to what has every word of the search, in either language; without it the page is whole.
const field = document.getElementById("search");
const items = [...document.querySelectorAll("[data-find]")];
const texts = items.map((item) => item.textContent.toLowerCase());
const sections = [...document.querySelectorAll("[data-section]")];

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  items.forEach((item, index) => {
    item.hidden = !words.every((word) => texts[index].includes(word));
    shown += item.hidden ? 0 : 1;
  });
  sections.forEach((section) => {
    section.hidden = !section.querySelector("[data-find]:not([hidden])");
  });
  document.querySelector("#shown b").textContent = shown;
  document.getElementById("nothing").hidden = shown > 0;
}

if (field) {
  field.addEventListener("input", narrow);
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && (target.hidden || target.closest("[hidden]"))) {
      field.value = "";
      narrow();
      target.scrollIntoView();
    }
  });
  if (field.value) narrow(); // a browser that goes back keeps what was typed
}
const contents = document.querySelector(".contents");
if (contents && window.matchMedia("(max-width: 62rem)").matches) contents.open = false;
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("details").forEach((one) => one.setAttribute("open", ""));
});
