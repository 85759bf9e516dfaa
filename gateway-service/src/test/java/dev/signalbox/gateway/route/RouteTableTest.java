package dev.signalbox.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.ProblemFaults;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {

  private static final RouteHandler NOTHING = exchange -> Future.succeededFuture(Answer.empty(204));

  private static Route get(String template) {
    return Route.get(template, Role.PUBLIC, ClassicFaults.TEXT, NOTHING);
  }

  private static Route post(String template) {
    return Route.post(template, Role.PUBLIC, ClassicFaults.TEXT, NOTHING);
  }

  private final RouteTable table =
      RouteTable.builder()
          .reserve("/api/", ProblemFaults.PROBLEM)
          .add(get("/exact"))
          .add(get("/api/v1/things"))
          .add(get("/api/v1/things/{id}"))
          .add(post("/api/v1/things/{id}"))
          .add(get("/api/v1/things/special"))
          .add(get("/api/v1/things/{id}/parts/{part}"))
          .add(get("/files/{path...}"))
          .add(get("/{path...}"))
          .build();

  private String found(HttpMethod method, String path) {
    return switch (table.find(method, path)) {
      case RouteMatch.Found found -> found.route().template() + found.values();
      case RouteMatch.WrongMethod wrong -> "405 " + wrong.allow();
      case RouteMatch.Reserved reserved -> "reserved";
      case RouteMatch.Nothing nothing -> "nothing";
    };
  }

  @Test
  void literalsGoBeforeParametersAndThoseBeforeRests() {
    assertThat(found(HttpMethod.GET, "/exact")).isEqualTo("/exact[]");
    assertThat(found(HttpMethod.GET, "/api/v1/things/special"))
        .isEqualTo("/api/v1/things/special[]");
    assertThat(found(HttpMethod.GET, "/api/v1/things/7")).isEqualTo("/api/v1/things/{id}[7]");
    assertThat(found(HttpMethod.GET, "/api/v1/things/special/parts/2"))
        .isEqualTo("/api/v1/things/{id}/parts/{part}[special, 2]");
    assertThat(found(HttpMethod.GET, "/files/a/b")).isEqualTo("/files/{path...}[a/b]");
    assertThat(found(HttpMethod.GET, "/")).isEqualTo("/{path...}[]");
    assertThat(found(HttpMethod.GET, "/a/b/c")).isEqualTo("/{path...}[a/b/c]");
  }

  @Test
  void headIsServedByGet() {
    assertThat(found(HttpMethod.HEAD, "/exact")).isEqualTo("/exact[]");
  }

  @Test
  void aWrongMethodKnowsTheRightOnes() {
    assertThat(found(HttpMethod.PUT, "/exact")).isEqualTo("405 GET, HEAD");
    assertThat(found(HttpMethod.PUT, "/api/v1/things/7")).isEqualTo("405 GET, HEAD, POST");
    assertThat(found(HttpMethod.POST, "/nowhere")).isEqualTo("405 GET, HEAD");
  }

  @Test
  void aReservedPrefixIsKeptFromRests() {
    assertThat(found(HttpMethod.GET, "/api/v2")).isEqualTo("reserved");
    assertThat(found(HttpMethod.GET, "/api/v1/things/")).isEqualTo("reserved");
    assertThat(found(HttpMethod.GET, "/api/v1/things/7/other")).isEqualTo("reserved");
  }

  @Test
  void withoutARestThereIsNothing() {
    RouteTable small = RouteTable.builder().add(get("/exact")).build();

    assertThat(small.find(HttpMethod.GET, "/other")).isEqualTo(RouteMatch.NOTHING);
    assertThat(small.find(HttpMethod.GET, "*")).isEqualTo(RouteMatch.NOTHING);
    assertThat(small.find(HttpMethod.GET, "")).isEqualTo(RouteMatch.NOTHING);
  }

  @Test
  void twoRoutesForOneThingAreADefect() {
    for (List<String> pair :
        List.of(List.of("/a", "/a"), List.of("/a/{b}", "/a/{c}"), List.of("/{a...}", "/{b...}"))) {
      RouteTable.Builder builder = RouteTable.builder().add(get(pair.getFirst()));
      assertThatThrownBy(() -> builder.add(get(pair.getLast())))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
