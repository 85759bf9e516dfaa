package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From a request, with what is imported in it, to a definition that can be served. */
class DefinitionsTest {

  private final Definitions definitions = Instance.definitions(Instance.config());

  private NewServer read(String json) {
    return definitions.read(new StartServerRequest(0, "", "", null, json.replace('\'', '"')));
  }

  private ListAssert<FieldProblem> assertProblems(String json) {
    return assertThatThrownBy(() -> read(json))
        .asInstanceOf(InstanceOfAssertFactories.type(ServiceException.class))
        .extracting(ServiceException::problems, InstanceOfAssertFactories.list(FieldProblem.class));
  }

  private static List<String> labels(NewServer server) {
    return server.loaded().definition().routes().stream().map(route -> route.label()).toList();
  }

  private static List<String> headers(NewServer server) {
    return server
        .loaded()
        .definition()
        .routes()
        .getFirst()
        .responses()
        .getFirst()
        .headers()
        .stream()
        .map(header -> header.name().toString())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Content-Length':'2'",
        "'transfer-encoding':'chunked'",
        "'Keep-Alive':'timeout=5'",
        "'Upgrade':'h2c'",
        "'bad name':'x'",
        "'a/b~c':'x'",
        "'X-Uni':'\u20ac'"
      })
  void givenAMappingWithAHeaderThatCannotBeSent_whenImported_thenTheOthersAreKeptWithANote(
      String header) {
    NewServer read =
        read("{'wiremock':{'request':{},'response':{'headers':{'X-A':'a'," + header + "}}}}");

    assertThat(headers(read)).containsExactly("x-a");
    assertThat(read.content().notes())
        .singleElement()
        .asString()
        .startsWith("/: leaves out the header ");
  }

  @Test
  void givenAnOpenApiHeaderThatCannotBeSent_whenImported_thenTheOthersAreKeptWithANote() {
    NewServer read =
        read(
            "{'openapi':{'openapi':'3.0.0','paths':{'/a':{'get':{'responses':{'200':{'headers':"
                + "{'Transfer-Encoding':{'example':'chunked'},'X-A':{'example':'a'}}}}}}}}}");

    assertThat(headers(read)).containsExactly("x-a");
    assertThat(read.content().notes())
        .singleElement()
        .asString()
        .startsWith("/paths/~1a/get: leaves out the header Transfer-Encoding, which must be left");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'request':{'urlPath':'/x y'},'response':{}}                 | /match/path must
          {'request':{'method':'no token'},'response':{}}              | /match/method must
          {'request':{'urlPathTemplate':'/{a}/{a}'},'response':{}}     | /match/path_pattern must
          {'request':{},'response':{'status':101}}                     | /response/status must
          {'request':{},'response':{'base64Body':'%%'}}                | /response/body_base64 must
          {'request':{},'response':{'fixedDelayMilliseconds':9999999}} | /response/delay_ms must
          {'request':{},'response':{'proxyBaseUrl':'ftp://x'}}         | /response/proxy/url must
          """)
  void givenAMappingThatCannotBeServed_whenImported_thenItAloneIsLeftOutWithANote(
      String mapping, String rule) {
    NewServer read = read("{'wiremock':[" + mapping + ",{'request':{},'response':{}}]}");

    assertThat(labels(read)).containsExactly("0");
    assertThat(read.content().notes())
        .singleElement()
        .asString()
        .startsWith("/0: is left out, since its " + rule);
  }

  @Test
  void givenMappingsOfWhichNoneCanBeServed_whenImported_thenARuleIsNamed() {
    assertProblems("{'wiremock':{'request':{'urlPath':'/x y'},'response':{}}}")
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.pointer()).isEqualTo("/wiremock");
          assertThat(problem.message()).startsWith("must have a route that can be served; ");
        });
  }

  @Test
  void givenMappingsOfOneName_whenImported_thenEachIsServedUnderItsOwn() {
    assertThat(
            labels(
                read(
                    "{'wiremock':[{'name':'a','request':{}},{'name':'a','request':{}},"
                        + "{'name':'3','request':{}},{'request':{}}]}")))
        .containsExactly("a", "a 2", "3", "3 2");
  }

  @Test
  void givenAnOperationWithRequiredParameters_whenImported_thenBothItsRoutesAreServed() {
    NewServer read =
        read(
            "{'openapi':{'openapi':'3.0.0','paths':{'/a':{'get':{'operationId':'a','parameters':"
                + "[{'name':'q','in':'query','required':true}],'responses':{'204':{}}}}}}}");

    assertThat(labels(read)).containsExactly("a", "missing parameters: a");
    assertThat(read.content().notes()).isEmpty();
  }

  @Test
  void givenTwoSources_whenRead_thenTheSecondIsTheOnlyProblem() {
    assertProblems("{'routes':[],'wiremock':[]}")
        .containsExactly(new FieldProblem("/wiremock", "cannot be combined with routes"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'path_regex':'/[a-z]{1,400}'}                               | instructions in all
          {'headers':{'x':{'regex':'[a-z]{1,400}'}}}                   | instructions in all
          {'body':{'json_schema':{'pattern':'[a-z]{1,400}'}}}          | instructions in all
          {'body':{'json_schema':{'enum':[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]}}} | values in all
          {'body':{'json_path':{'$.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a':true}}} | characters in all
          """)
  void givenConditionsThatAreTooMuchTogether_whenRead_thenARuleIsNamed(String match, String rule) {
    String route = "{'match':{'all':1},'response':{}}".replace("{'all':1}", match);
    String routes = String.join(",", Collections.nCopies(4_000, route));
    Definitions large =
        Instance.definitions(Instance.config(java.util.Map.of("max-routes", "4000")));

    assertThatThrownBy(() ->
            large.read(
                new StartServerRequest(
                    0, "", "", null, ("{'routes':[" + routes + "]}").replace('\'', '"'))))
        .asInstanceOf(InstanceOfAssertFactories.type(ServiceException.class))
        .extracting(ServiceException::problems, InstanceOfAssertFactories.list(FieldProblem.class))
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem.message()).startsWith("must ").contains(rule));
  }

  @Test
  void givenARequestWithAPrivateKey_whenItIsPrinted_thenTheKeyIsNotThere() {
    assertThat(new StartServerRequest(0, "", "", null, "{\"private_key_pem\":\"secret\"}"))
        .asString()
        .doesNotContain("secret");
  }
}
