package dev.signalbox.dnsclient.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.MasterFile;
import java.net.InetAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class AnswerAddressesTest {

  private static final Question ASKED =
      new Question(Name.fromConstantString("www.a.test."), Type.A);

  private static List<String> addresses(List<Record> records, int rcode) {
    Message message = new Message(1);
    message.getHeader().setRcode(rcode);
    records.forEach(record -> message.addRecord(record, Section.ANSWER));
    return AnswerAddresses.of(message, ASKED).stream().map(InetAddress::getHostAddress).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "www.a.test. A 192.0.2.1|192.0.2.1",
        "WWW.a.TEST. A 192.0.2.1|192.0.2.1",
        "evil.test. A 10.6.6.6|-",
        "evil.test. A 10.6.6.6; www.a.test. A 192.0.2.1|192.0.2.1",
        "www.a.test. CNAME b.test.; b.test. A 192.0.2.2|192.0.2.2",
        "b.test. A 192.0.2.2; www.a.test. CNAME b.test.|192.0.2.2",
        "www.a.test. CNAME b.test.; c.test. A 192.0.2.3|-",
        "www.a.test. CNAME b.test.; b.test. CNAME c.test.; c.test. A 192.0.2.3|192.0.2.3",
        "www.a.test. CNAME b.test.; b.test. A 192.0.2.2; www.a.test. A 10.6.6.6|192.0.2.2",
        "www.a.test. CNAME www.a.test.; www.a.test. A 192.0.2.1|-",
        "www.a.test. CNAME b.test.; b.test. CNAME www.a.test.; b.test. A 192.0.2.1|-",
        "a.test. DNAME b.test.; www.b.test. A 192.0.2.4|192.0.2.4",
        "a.test. DNAME b.test.; www.a.test. CNAME www.b.test.; www.b.test. A 192.0.2.4|192.0.2.4",
        "www.a.test. DNAME b.test.; b.test. A 192.0.2.5|-",
        "www.a.test. CH A 192.0.2.1|-",
      })
  void areThoseAtTheEndOfTheAliases(String records, String address) {
    assertThat(addresses(MasterFile.records(records), Rcode.NOERROR))
        .isEqualTo(address == null ? List.of() : List.of(address));
  }

  @Test
  void areTheSameInWhateverOrderTheRecordsAre() {
    List<Record> records =
        MasterFile.records("www.a.test. CNAME b.test.; b.test. CNAME c.test.; c.test. A 192.0.2.3");

    for (int i = 0; i < records.size(); i++) {
      Collections.rotate(records, 1);
      assertThat(addresses(records, Rcode.NOERROR)).containsExactly("192.0.2.3");
    }
  }

  @ParameterizedTest
  @CsvSource({"3", "2", "5"})
  void areNoneUnderAnotherCode(int rcode) {
    assertThat(addresses(MasterFile.records("www.a.test. A 192.0.2.1"), rcode)).isEmpty();
  }

  @Test
  void areNoneOfAChainWithoutEnd() {
    StringBuilder chain = new StringBuilder("www.a.test. CNAME n0.test.");
    for (int i = 0; i < 40; i++) {
      chain.append("; n").append(i).append(".test. CNAME n").append(i + 1).append(".test.");
    }
    chain.append("; n40.test. A 192.0.2.1");

    assertThat(addresses(MasterFile.records(chain.toString()), Rcode.NOERROR)).isEmpty();
  }
}
