package dev.signalbox.cli.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProbeTextTest {

  private static final String RESULT =
      """
      {"success":false,"url":"http://a.test/","final_url":"https://a.test/","status_code":200,
       "http_version":"HTTP/2","remote_ip":"192.0.2.1","ip_family":"ipv4",
       "headers":{"content-type":"text/plain","set-cookie":"a=1\\nb=2"},"data":null,"data_encoding":null,
       "body_bytes":12,"body_sha256":"abcd","truncated":false,
       "timings_ms":{"dns":null,"connect":3.0,"tls":8.04,"first_byte":2.0,"download":0.5,"total":21.0},
       "hops":[{"url":"http://a.test/","status_code":301,"remote_ip":"192.0.2.1",
                "timings_ms":{"dns":1.2,"connect":2.0,"tls":null,"first_byte":3.0,"download":0.1,"total":6.3}},
               {"url":"https://a.test/","status_code":200,"remote_ip":"192.0.2.1",
                "timings_ms":{"dns":null,"connect":3.0,"tls":8.04,"first_byte":2.0,"download":0.5,"total":13.5}}],
       "tls":{"protocol":"TLSv1.3","cipher":"TLS_AES_128_GCM_SHA256","verified":false,"error":"self-signed",
              "issuer":"CN=a.test","subject":"CN=a.test","not_after":"2027-01-01T00:00:00Z","days_left":40,
              "san":["a.test","*.a.test"],"fingerprint_sha256":"beef"},
       "assertions":[
         {"source":"status","property":null,"comparison":"equals","target":"200","actual":"200","passed":true},
         {"source":"header","property":"x-a","comparison":"contains","target":"b","actual":null,"passed":false}]}
      """;

  private static JsonNode json(String text) throws IOException {
    return Json.mapper().readTree(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everythingFoundHasItsPlace() throws IOException {
    assertThat(ProbeText.of(json(RESULT), true))
        .isEqualTo(
            """
            HTTP/2 200  https://a.test/  from 192.0.2.1
            content-type: text/plain
            set-cookie: a=1
            set-cookie: b=2

            hop  status  dns  connect  tls  first byte  download  total ms  url
              1     301  1.2      2.0    -         3.0       0.1       6.3  http://a.test/ (192.0.2.1)
              2     200    -      3.0  8.0         2.0       0.5      13.5  https://a.test/ (192.0.2.1)
            all hops  21.0 ms

            TLS   TLSv1.3, TLS_AES_128_GCM_SHA256, NOT verified: self-signed
                  subject CN=a.test
                  issuer CN=a.test
                  expires 2027-01-01T00:00:00Z, in 40 days
                  names a.test, *.a.test
                  SHA-256 beef

            Body  12 bytes, SHA-256 abcd

            passed  status equals 200  (is 200)
            FAILED  header x-a contains b  (is missing)
            """);
  }

  @Test
  void headersCannotCommandTheTerminal() throws IOException {
    String hostile = RESULT.replace("text/plain", "\\u001b]0;owned\\u0007");

    assertThat(ProbeText.of(json(hostile), true)).contains("content-type: \\x1b]0;owned\\x07\n");
  }
}
