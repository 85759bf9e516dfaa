package dev.signalbox.dnsclient.message;

import dev.signalbox.contracts.dns.DnsEdns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/** The OPT record of an answer as a value. */
public final class EdnsReader {

  private static final int OPTION_HEADER_LENGTH = 4;

  private EdnsReader() {}

  /** What a message says by EDNS; null when it says nothing. */
  public static @Nullable DnsEdns read(Message message) {
    OPTRecord opt = message.getOPT();
    if (opt == null) {
      return null;
    }
    String nsid = null;
    DnsEdns.Subnet subnet = null;
    List<DnsEdns.ExtendedError> errors = new ArrayList<>(1);
    List<DnsEdns.Option> others = new ArrayList<>(1);
    for (EDNSOption option : opt.getOptions()) {
      if (option.getCode() == EDNSOption.Code.NSID) {
        nsid = printable(data(option));
      } else if (option instanceof ClientSubnetOption ecs) {
        subnet =
            new DnsEdns.Subnet(
                AddressText.of(ecs.getAddress()) + "/" + ecs.getSourcePrefixLength(),
                ecs.getScopePrefixLength());
      } else if (option instanceof ExtendedErrorCodeOption error) {
        errors.add(error(error));
      } else {
        others.add(new DnsEdns.Option(option.getCode(), HexFormat.of().formatHex(data(option))));
      }
    }
    boolean dnssecOk = (opt.getFlags() & ExtendedFlags.DO) != 0;
    return new DnsEdns(
        opt.getVersion(), opt.getPayloadSize(), dnssecOk, nsid, subnet, errors, others);
  }

  private static DnsEdns.ExtendedError error(ExtendedErrorCodeOption option) {
    String name = ExtendedErrorCodeOption.text(option.getErrorCode());
    String text = option.getText();
    return new DnsEdns.ExtendedError(option.getErrorCode(), name, text == null ? "" : text);
  }

  private static byte[] data(EDNSOption option) {
    byte[] wire = option.toWire();
    byte[] data = new byte[wire.length - OPTION_HEADER_LENGTH];
    System.arraycopy(wire, OPTION_HEADER_LENGTH, data, 0, data.length);
    return data;
  }

  private static String printable(byte[] data) {
    for (byte b : data) {
      if (b < ' ' || b > '~') {
        return HexFormat.of().formatHex(data);
      }
    }
    return new String(data, StandardCharsets.US_ASCII);
  }
}
