package dev.rubicon.cli.difference;

import dev.rubicon.drift.Drift;
import dev.rubicon.finding.Finding;
import dev.rubicon.runbook.Runbook;
import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * JUnit's XML: a difference is a failed test, what is accepted a skipped one, what is repaired one
 * that passed.
 */
final class DriftJunit {
  private static final String NOT_IN_XML = "[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD]";

  private DriftJunit() {}

  static String of(Drift drift) {
    var text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      int accepted = drift.findings().size() - drift.open().size();
      int all = drift.findings().size() + drift.repaired().size() + 1;
      xml.writeStartElement("testsuites");
      xml.writeStartElement("testsuite");
      attribute(xml, "name", "rubicon drift " + drift.target());
      attribute(xml, "tests", Integer.toString(all));
      attribute(xml, "failures", Integer.toString(drift.open().size()));
      attribute(xml, "skipped", Integer.toString(accepted));
      attribute(xml, "errors", "0");
      // One that is always there: a suite without tests is taken for one that was not run.
      test(xml, drift, "compared with " + drift.against());
      xml.writeEndElement();
      for (Finding finding : drift.findings()) {
        test(xml, drift, finding.id());
        xml.writeStartElement(finding.differs() ? "failure" : "skipped");
        attribute(xml, "message", DriftView.why(finding));
        if (finding.differs()) {
          xml.writeCharacters(
              clean(
                  finding.title()
                      + finding.target().map(d -> "\ntarget: " + d).orElse("")
                      + finding.canonical().map(d -> "\nexpected: " + d).orElse("")));
        }
        xml.writeEndElement();
        xml.writeEndElement();
      }
      for (Runbook.Disposition entry : drift.repaired()) {
        test(xml, drift, "repaired: " + entry.match());
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("XML cannot be written to memory", e);
    }
    return text.toString();
  }

  private static void test(XMLStreamWriter xml, Drift drift, String name)
      throws XMLStreamException {
    xml.writeStartElement("testcase");
    attribute(xml, "classname", "rubicon.drift." + drift.target());
    attribute(xml, "name", name);
  }

  private static void attribute(XMLStreamWriter xml, String name, String value)
      throws XMLStreamException {
    xml.writeAttribute(name, clean(value));
  }

  private static String clean(String text) {
    return text.replaceAll(NOT_IN_XML, "?");
  }
}
