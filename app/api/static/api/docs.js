// Shows the interface's description; everything can be tried from the page.
const place = document.getElementById("docs");
globalThis.SwaggerUIBundle({ domNode: place, url: place.dataset.url, deepLinking: true, tryItOutEnabled: true });
