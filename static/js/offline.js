// Without a network the hotline stays readable: templates/sw.js keeps it.
navigator.serviceWorker?.register("/sw.js").catch(() => {});
