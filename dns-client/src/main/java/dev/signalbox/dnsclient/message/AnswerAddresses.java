package dev.signalbox.dnsclient.message;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** The addresses an answer has for a name. */
public final class AnswerAddresses {

  private AnswerAddresses() {}

  /**
   * The addresses at the last name of the {@linkplain AliasChain chain of aliases}, in the order of
   * the answer, whatever the type of the question. There are none under another code than NOERROR,
   * nor when the chain ends nowhere.
   */
  public static List<InetAddress> of(Message answer, Question question) {
    if (answer.getRcode() != Rcode.NOERROR) {
      return List.of();
    }
    List<Record> records = AliasChain.of(answer, question).atEnd(answer, Type.ANY);
    List<InetAddress> addresses = new ArrayList<>(records.size());
    for (Record record : records) {
      if (record instanceof ARecord a) {
        addresses.add(a.getAddress());
      } else if (record instanceof AAAARecord aaaa) {
        addresses.add(aaaa.getAddress());
      }
    }
    return addresses;
  }
}
