package dev.signalbox.serverfactory.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.body.MatchBudget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionReaderTest {

  private static List<FieldProblem> problems(String json, DefinitionLimits limits) {
    RequestObject object =
        RequestObject.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    new DefinitionReader(limits).read(object, null, new CompileBudget());
    ServiceException fault = catchThrowableOfType(ServiceException.class, object::end);
    return fault == null ? List.of() : fault.problems();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                                         | /routes
          {'routes':{}}                                              | /routes
          {'routes':[5]}                                             | /routes/0
          {'routes':[{}]}                                            | /routes/0/response
          {'routes':[{'response':{},'responses':[{}]}]}              | /routes/0/responses
          {'routes':[{'responses':[]}]}                              | /routes/0/responses
          {'routes':[{'response':{},'x':1}]}                         | /routes/0/x
          {'routes':[{'response':{'times':1}}]}                      | /routes/0/response/times
          {'routes':[{'name':'a','response':{}},{'name':'a','response':{}}]} | /routes/1/name
          {'routes':[],'name':'-a'}                                  | /name
          {'routes':[],'name':'0a1b2c3d-0000-0000-0000-000000000000'}| /name
          {'routes':[],'expires_in_s':0}                             | /expires_in_s
          {'routes':[],'seed':1.5}                                   | /seed
          {'routes':[],'journal':{'entries':10001}}                  | /journal/entries
          {'routes':[],'journal':{'body_bytes':-1}}                  | /journal/body_bytes
          {'routes':[],'tls':'yes'}                                  | /tls
          {'routes':[],'tls':{'certificate_pem':'x'}}                | /tls/private_key_pem
          {'routes':[],'tls':{'certificate_pem':'x','private_key_pem':'y'}} | /tls/certificate_pem
          {'routes':[],'cors':{}}                                    | /cors/origins
          {'routes':[],'cors':{'origins':['example.org']}}           | /cors/origins
          {'routes':[],'cors':{'origins':['*'],'methods':['A B']}}   | /cors/methods
          {'proxy':{}}                                               | /proxy/url
          {'proxy':{'url':'ftp://a'}}                                | /proxy/url
          {'proxy':{'url':'http://a/?q'}}                            | /proxy/url
          {'proxy':{'url':'http://u@a/'}}                            | /proxy/url
          {'proxy':{'url':'http://a:99999'}}                         | /proxy/url
          {'proxy':{'url':'http://a','timeout_ms':0}}                | /proxy/timeout_ms
          """)
  void givenABadServer_whenItIsRead_thenTheFieldIsNamed(String json, String pointer) {
    assertThat(problems(json, DefinitionLimits.USUAL))
        .extracting(FieldProblem::pointer)
        .containsExactly(pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'method':5}                                   | /method
          {'method':'A B'}                               | /method
          {'path':'a'}                                   | /path
          {'path':'/a?b'}                                | /path
          {'path':'/a','path_prefix':'/b'}               | /path_prefix
          {'path_pattern':'/{a}{b}'}                     | /path_pattern
          {'path_pattern':'/{a}/{a}'}                    | /path_pattern
          {'path_pattern':'/{a*}/b'}                     | /path_pattern
          {'path_pattern':'/a/../{b}'}                   | /path_pattern
          {'path_pattern':'/{a b}'}                      | /path_pattern
          {'path_regex':'('}                             | /path_regex
          {'path_regex':'a)(b' }                         | /path_regex
          {'path_regex':'(?=a)'}                         | /path_regex
          {'headers':{'a b':'c'}}                        | /headers/a b
          {'headers':{'a':null}}                         | /headers/a
          {'headers':{'a':{}}}                           | /headers/a/equals
          {'headers':{'a':{'is':'x'}}}                   | /headers/a/is
          {'headers':{'a':{'equals':5}}}                 | /headers/a/equals
          {'headers':{'a':{'any':[]}}}                   | /headers/a/any
          {'headers':{'a':{'any':['x',{'regex':'('}]}}}  | /headers/a/any/1/regex
          {'headers':{'a':{'not':{'not':null}}}}         | /headers/a/not/not
          {'query':{'a':{'equals':'x','regex':'y'}}}     | /query/a/regex
          {'cookies':[]}                                 | /cookies
          {'body':{'json_path':{'$[':'x'}}}              | /body/json_path/$[
          {'body':{'json_schema':5}}                     | /body/json_schema
          {'body':{'json_schema':{'$ref':'http://a/b'}}} | /body/json_schema
          {'body_contains':5}                            | /body_contains
          """)
  void givenABadMatch_whenItIsRead_thenTheFieldIsNamed(String match, String pointer) {
    assertThat(
            problems("{'routes':[{'match':" + match + ",'response':{}}]}", DefinitionLimits.USUAL))
        .extracting(FieldProblem::pointer)
        .containsExactly("/routes/0/match" + pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'status':99}                              | /status
          {'status':101}                             | /status
          {'status':600}                             | /status
          {'body':'a','json':1}                      | /json
          {'body_base64':'*'}                        | /body_base64
          {'headers':{'a':'b\\r\\nc: d'}}            | /headers/a
          {'headers':{'a':'\u20ac'}}                 | /headers/a
          {'headers':{'a:':'b'}}                     | /headers/a:
          {'headers':{'Content-Length':'5'}}         | /headers/Content-Length
          {'headers':{'Transfer-Encoding':'x'}}      | /headers/Transfer-Encoding
          {'template':true,'body':'{{#a}}'}          | /body
          {'template':true,'headers':{'a':'{{>a}}'}} | /headers/a
          {'delay_ms':600001}                        | /delay_ms
          {'delay_ms':1,'delay':{'uniform':[1,2]}}   | /delay
          {'delay':{'uniform':[2,1]}}                | /delay/uniform
          {'delay':{'dribble':{'chunks':0}}}         | /delay/dribble/chunks
          {'fault':'fire'}                           | /fault
          {'fault_percent':5}                        | /fault_percent
          {'fault':'garbage','fault_percent':101}    | /fault_percent
          {'error':{'status':200}}                   | /error/status
          {'proxy':{'url':'http://a','record':true}} | /proxy/record
          {'proxy':{'url':'https://a','ca_pem':'x'}} | /proxy/ca_pem
          {'proxy':{'url':'https://a','ca_pem':'-----BEGIN PRIVATE KEY-----'}} | /proxy/ca_pem
          {'proxy':{'url':'https://a','ca_pem':'-----BEGIN CERTIFICATE-----x'}} | /proxy/ca_pem
          {'proxy':{'url':'https://a','verify_tls':0}} | /proxy/verify_tls
          """)
  void givenABadResponse_whenItIsRead_thenTheFieldIsNamed(String response, String pointer) {
    assertThat(
            problems(
                "{'routes':[{'match':{},'response':" + response + "}]}", DefinitionLimits.USUAL))
        .extracting(FieldProblem::pointer)
        .containsExactly("/routes/0/response" + pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'routes':[{'response':{}},{'response':{}},{'response':{}}]}         | /routes
          {'routes':[{'response':{'body':'12345678901'}}]}                     | /routes/0/response/body
          {'routes':[{'response':{'body':'123456'}},{'response':{'body':'123456'}}]} | /routes
          """)
  void givenTooMuch_whenItIsRead_thenTheLimitIsNamed(String json, String pointer) {
    assertThat(problems(json, new DefinitionLimits(2, 10, 10)))
        .extracting(FieldProblem::pointer)
        .containsExactly(pointer);
  }

  @Test
  void givenDeepMatchers_whenTheyAreRead_thenTheirDepthIsBounded() {
    String deep = "{'not':".repeat(20) + "'x'" + "}".repeat(20);

    assertThat(
            problems(
                "{'routes':[{'match':{'query':{'q':" + deep + "}},'response':{}}]}",
                DefinitionLimits.USUAL))
        .hasSize(1);
  }

  @Property(tries = 200)
  void givenAnyPath_whenAPatternIsMadeOfItsSegments_thenTheVariableIsTheSegment(
      @ForAll @StringLength(min = 1, max = 30) String segment) {
    String path = PagePath.normal("/a/" + segment.replace('/', '_') + "/b");
    PathMatch.Template pattern = PathMatch.Template.parse("/a/{x}/b");

    if (pattern.test(path, new MatchBudget())) {
      assertThat(pattern.variables(path).get("x"))
          .isEqualTo(RequestValues.decode(path.substring(3, path.length() - 2), false));
    } else {
      // A dot segment has gone.
      assertThat(path.split("/", -1).length).isNotEqualTo(4);
    }
  }

  @Property(tries = 200)
  void givenAnyText_whenItIsReadAsPatternOrQuery_thenNothingElseIsThrown(@ForAll String text) {
    assertThatCode(
            () -> {
              RequestValues.query(text);
              RequestValues.cookies(List.of(text));
              try {
                PathMatch.Template.parse("/" + text);
              } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("must");
              }
            })
        .doesNotThrowAnyException();
  }
}
