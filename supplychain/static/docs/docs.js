// Its own file, so that the page lives under a content security policy without inline scripts.
SwaggerUIBundle({
  domNode: document.getElementById("docs"),
  url: document.getElementById("docs").dataset.document,
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false, // an API key never stays in the browser's storage
  validatorUrl: null, // the document is not sent to anybody's validator
});
