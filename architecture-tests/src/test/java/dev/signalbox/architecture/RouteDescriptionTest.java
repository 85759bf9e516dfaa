package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.GatewayMain;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.definition.DefinitionLimits;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import dev.signalbox.serverfactory.definition.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fields of a route in the description of the API are those that the reader knows. */
class RouteDescriptionTest {

  private static final String UNKNOWN = "is not a known field";

  /** A schema, and a definition with one field of it. */
  record Place(String schema, String definition, String pointer) {}

  private static final List<Place> PLACES =
      List.of(
          new Place("Route", "{'routes':[{'%s':%s}]}", "/routes/0/"),
          new Place("RouteMatch", "{'routes':[{'response':{},'match':{'%s':%s}}]}", "/match/"),
          new Place(
              "RouteBodyMatch",
              "{'routes':[{'response':{},'match':{'body':{'%s':%s}}}]}",
              "/body/"),
          new Place("RouteResponse", "{'routes':[{'responses':[{'%s':%s}]}]}", "/responses/0/"),
          new Place("RouteErrorRate", "{'routes':[{'response':{'error':{'%s':%s}}}]}", "/error/"),
          new Place(
              "RouteScenario", "{'routes':[{'response':{},'scenario':{'%s':%s}}]}", "/scenario/"),
          new Place("ServerProxy", "{'proxy':{'%s':%s}}", "/proxy/"));

  static Stream<Place> places() {
    return PLACES.stream();
  }

  private static List<String> described(String schema) throws IOException {
    try (InputStream in = GatewayMain.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode properties =
          new YAMLMapper().readTree(in).at("/components/schemas/" + schema + "/properties");
      List<String> names = new ArrayList<>();
      properties.fieldNames().forEachRemaining(names::add);
      return names;
    }
  }

  private static List<FieldProblem> problems(Place place, String field) {
    String json = place.definition().formatted(field, "1").replace('\'', '"');
    RequestObject object = RequestObject.parse(json.getBytes(StandardCharsets.UTF_8));
    new DefinitionReader(DefinitionLimits.USUAL).read(object, null, new CompileBudget());
    ServiceException fault = catchThrowableOfType(ServiceException.class, object::end);
    return fault == null ? List.of() : fault.problems();
  }

  @ParameterizedTest
  @MethodSource("places")
  void givenAFieldThatIsDescribed_whenARouteHasIt_thenTheReaderKnowsIt(Place place)
      throws IOException {
    List<String> fields = described(place.schema());

    assertThat(fields).isNotEmpty();
    for (String field : fields) {
      assertThat(problems(place, field))
          .as(field)
          .noneMatch(problem -> problem.message().contains(UNKNOWN));
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void givenAFieldThatIsNotDescribed_whenARouteHasIt_thenItIsRefused(Place place) {
    assertThat(problems(place, "bogus"))
        .anySatisfy(problem -> {
          assertThat(problem.pointer()).endsWith(place.pointer() + "bogus");
          assertThat(problem.message()).contains(UNKNOWN);
        });
  }

  @Test
  void givenTheFaults_whenTheyAreDescribed_thenTheyAreTheOnesThereAre() throws IOException {
    try (InputStream in = GatewayMain.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode names =
          new YAMLMapper()
              .readTree(in)
              .at("/components/schemas/RouteResponse/properties/fault/enum");

      assertThat(names)
          .extracting(JsonNode::asText)
          .containsExactlyInAnyOrderElementsOf(Fault.NAMES);
    }
  }
}
