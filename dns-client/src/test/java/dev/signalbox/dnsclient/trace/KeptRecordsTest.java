package dev.signalbox.dnsclient.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Section;

class KeptRecordsTest {

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "64, 64", "65, 64", "300, 64"})
  void givenAResponseWithEdns_whenShortened_thenOptIsNeitherKeptNorCounted(int records, int kept) {
    Message response = new Message(7);
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (int i = 0; i < records; i++) {
        response.addRecord(
            new ARecord(
                Name.fromConstantString("n" + i + ".test."),
                DClass.IN,
                60,
                InetAddress.ofLiteral("192.0.2.1")),
            section);
      }
    }
    response.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);

    KeptRecords shortened = KeptRecords.of(response);

    assertThat(shortened.all()).isEqualTo(3 * records);
    assertThat(shortened.first().getOPT()).isNull();
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      assertThat(shortened.first().getSection(section)).hasSize(kept);
    }
  }
}
