import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.Map;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.JSON;
import org.openapitools.client.api.CodesAndMessagesApi;
import org.openapitools.client.api.FilesApi;
import org.openapitools.client.api.ServersOnDemandApi;
import org.openapitools.client.api.TasksApi;
import org.openapitools.client.model.NewCode;
import org.openapitools.client.model.NewMessage;
import org.openapitools.client.model.NewServer;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.Task;

/** The tour that a generated client makes; it prints a line for each step. */
public final class Tour {

  private Tour() {}

  /**
   * Makes the tour.
   *
   * @param args the address of the main door, and a uuid that nobody has used
   */
  public static void main(String[] args) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(args[0]);
    String uuid = args[1];

    var task = new Task().taskName("dns_query").params(Map.of("domain", "example.com"));
    var result = new TasksApi(client).runTask(task);
    System.out.println("task " + result.getStatus() + " " + result.getResult().get("ip_address"));

    var servers = new ServersOnDemandApi(client);
    var first = servers.createServer(new NewServer().pageUri("/a").responseData("a"), null);
    var second = servers.createServer(new NewServer().pageUri("/b").responseData("b"), null);
    var page = servers.listServers(1, null);
    var next = servers.listServers(1, page.getNext());
    System.out.println("servers " + page.getItems().size() + " " + next.getItems().size());
    System.out.println(
        "distinct "
            + !page.getItems().get(0).getServerId().equals(next.getItems().get(0).getServerId()));
    servers.deleteServer(first.getServerId());
    servers.deleteServer(second.getServerId());

    // This library of the generator sends bodies as JSON alone: of a File it would send the name.
    String name = "tour-" + uuid + ".txt";
    var upload =
        HttpRequest.newBuilder(URI.create(args[0] + "/api/v1/files/" + name))
            .PUT(HttpRequest.BodyPublishers.ofString("stored by a client"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(upload, HttpResponse.BodyHandlers.discarding());
    }
    var files = new FilesApi(client);
    var entry = files.listFiles(null, 1, "/" + name, null, null).getItems().get(0);
    File read = files.getFile(name, null, null, null);
    System.out.println("file " + entry.getSizeBytes() + " " + Files.readString(read.toPath()));

    var messages = new CodesAndMessagesApi(client);
    String code = messages.issueCode(new NewCode().uuid(uuid)).getUnique();
    var message = new NewMessage().uuid(uuid).unique(code).text("sent by a client");
    messages.storeMessage(message, null);
    var stored = messages.listMessages(10, null, uuid, null, null, null, null);
    System.out.println("messages " + stored.getItems().get(0).getText() + " " + stored.getNext());

    try {
      messages.storeMessage(message.unique("wrong"), null);
    } catch (ApiException e) {
      Problem problem = JSON.getDefault().getMapper().readValue(e.getResponseBody(), Problem.class);
      System.out.println("problem " + e.getCode() + " " + problem.getCode());
    }
  }
}
