/* A video that was pasted into the text gets a row under “Videos”, where its poster is chosen. */
const group = document.querySelector("#videos-group");

if (group) {
  const named = (name) => [...group.querySelectorAll(`[name$=-${name}]:not([name*=__prefix__])`)];

  document.addEventListener("videos:pasted", ({ detail }) => {
    for (const { address, title } of detail) {
      if (named("address").some((field) => field.value === address)) continue;
      group.querySelector(".add-row a").click();
      named("address").at(-1).value = address;
      named("title").at(-1).value = title;
    }
  });

  // Every new video gets the next number, however it came in.
  document.addEventListener("formset:added", (event) => {
    if (event.detail?.formsetName !== "videos") return;
    event.target.querySelector("[name$=-position]").value = document.getElementById("id_videos-TOTAL_FORMS").value;
  });
}
