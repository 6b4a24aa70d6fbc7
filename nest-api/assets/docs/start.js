// Opens the description of this data source. The page is to be read: records are sealed before they are sent,
// which a page cannot do, so nothing can be sent from it, and no token is asked for.
const nothing = () => () => null;

SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  showExtensions: true,
  supportedSubmitMethods: [],
  validatorUrl: null,
  // Without authorisation and a choice of servers the bar above the operations would be empty.
  plugins: [
    () => ({
      wrapComponents: { authorizeBtn: nothing, authorizeOperationBtn: nothing, SchemesContainer: nothing, ServersContainer: nothing },
    }),
  ],
  onComplete: () => {
    // The tab names the data source, as the document does.
    document.title = document.querySelector(".info .title")?.firstChild?.textContent?.trim() || document.title;
  },
});
