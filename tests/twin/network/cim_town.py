# ruff: noqa: E501 - lines of XML
"""A made-up CGMES model of one line: a grid, two substations, a load. Written by the test; no data of others."""

from __future__ import annotations

import zipfile
from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:cim="http://iec.ch/TC57/2013/CIM-schema-cim16#" xmlns:md="http://iec.ch/TC57/61970-552/ModelDescription/1#" '
    'xmlns:entsoe="http://entsoe.eu/CIM/SchemaExtension/3/1#">\n'
)
MODEL = '<md:FullModel rdf:about="urn:uuid:{name}"><md:Model.profile>http://entsoe.eu/CIM/{profile}</md:Model.profile></md:FullModel>\n'
EQ = """
<cim:BaseVoltage rdf:ID="_bv"><cim:BaseVoltage.nominalVoltage>20</cim:BaseVoltage.nominalVoltage></cim:BaseVoltage>
<cim:GeographicalRegion rdf:ID="_gr"><cim:IdentifiedObject.name>Region</cim:IdentifiedObject.name></cim:GeographicalRegion>
<cim:SubGeographicalRegion rdf:ID="_sg"><cim:IdentifiedObject.name>Sub</cim:IdentifiedObject.name>
 <cim:SubGeographicalRegion.Region rdf:resource="#_gr"/></cim:SubGeographicalRegion>
<cim:Substation rdf:ID="_s1"><cim:IdentifiedObject.name>Nord</cim:IdentifiedObject.name><cim:Substation.Region rdf:resource="#_sg"/></cim:Substation>
<cim:Substation rdf:ID="_s2"><cim:IdentifiedObject.name>Sud</cim:IdentifiedObject.name><cim:Substation.Region rdf:resource="#_sg"/></cim:Substation>
<cim:VoltageLevel rdf:ID="_v1"><cim:IdentifiedObject.name>Nord 20</cim:IdentifiedObject.name>
 <cim:VoltageLevel.BaseVoltage rdf:resource="#_bv"/><cim:VoltageLevel.Substation rdf:resource="#_s1"/></cim:VoltageLevel>
<cim:VoltageLevel rdf:ID="_v2"><cim:IdentifiedObject.name>Sud 20</cim:IdentifiedObject.name>
 <cim:VoltageLevel.BaseVoltage rdf:resource="#_bv"/><cim:VoltageLevel.Substation rdf:resource="#_s2"/></cim:VoltageLevel>
<cim:ACLineSegment rdf:ID="_l"><cim:IdentifiedObject.name>Cable</cim:IdentifiedObject.name><cim:Conductor.length>2</cim:Conductor.length>
 <cim:ConductingEquipment.BaseVoltage rdf:resource="#_bv"/><cim:ACLineSegment.r>0.32</cim:ACLineSegment.r>
 <cim:ACLineSegment.x>0.24</cim:ACLineSegment.x><cim:ACLineSegment.bch>0.0001</cim:ACLineSegment.bch><cim:ACLineSegment.gch>0</cim:ACLineSegment.gch></cim:ACLineSegment>
<cim:EnergyConsumer rdf:ID="_c"><cim:IdentifiedObject.name>Town</cim:IdentifiedObject.name><cim:Equipment.EquipmentContainer rdf:resource="#_v2"/></cim:EnergyConsumer>
<cim:ExternalNetworkInjection rdf:ID="_g"><cim:IdentifiedObject.name>Grid</cim:IdentifiedObject.name><cim:Equipment.EquipmentContainer rdf:resource="#_v1"/>
 <cim:ExternalNetworkInjection.governorSCD>0</cim:ExternalNetworkInjection.governorSCD><cim:ExternalNetworkInjection.maxP>100</cim:ExternalNetworkInjection.maxP>
 <cim:ExternalNetworkInjection.minP>-100</cim:ExternalNetworkInjection.minP><cim:ExternalNetworkInjection.maxQ>50</cim:ExternalNetworkInjection.maxQ>
 <cim:ExternalNetworkInjection.minQ>-50</cim:ExternalNetworkInjection.minQ><cim:RegulatingCondEq.RegulatingControl rdf:resource="#_rc"/></cim:ExternalNetworkInjection>
<cim:RegulatingControl rdf:ID="_rc"><cim:IdentifiedObject.name>Voltage</cim:IdentifiedObject.name><cim:RegulatingControl.Terminal rdf:resource="#_tg"/>
 <cim:RegulatingControl.mode rdf:resource="http://iec.ch/TC57/2013/CIM-schema-cim16#RegulatingControlModeKind.voltage"/></cim:RegulatingControl>
"""
TERMINALS = (
    ("_tg", "_g", 1, "_n1"),
    ("_tl1", "_l", 1, "_n1"),
    ("_tl2", "_l", 2, "_n2"),
    ("_tc", "_c", 1, "_n2"),
)
TERMINAL = """<cim:Terminal rdf:ID="{id}"><cim:IdentifiedObject.name>{id}</cim:IdentifiedObject.name>
 <cim:Terminal.ConductingEquipment rdf:resource="#{of}"/><cim:ACDCTerminal.sequenceNumber>{n}</cim:ACDCTerminal.sequenceNumber></cim:Terminal>
"""
SSH = """
<cim:EnergyConsumer rdf:about="#_c"><cim:EnergyConsumer.p>3</cim:EnergyConsumer.p><cim:EnergyConsumer.q>1</cim:EnergyConsumer.q></cim:EnergyConsumer>
<cim:ExternalNetworkInjection rdf:about="#_g"><cim:ExternalNetworkInjection.p>-3</cim:ExternalNetworkInjection.p><cim:ExternalNetworkInjection.q>-1</cim:ExternalNetworkInjection.q>
 <cim:ExternalNetworkInjection.referencePriority>1</cim:ExternalNetworkInjection.referencePriority><cim:RegulatingCondEq.controlEnabled>true</cim:RegulatingCondEq.controlEnabled></cim:ExternalNetworkInjection>
<cim:RegulatingControl rdf:about="#_rc"><cim:RegulatingControl.enabled>true</cim:RegulatingControl.enabled><cim:RegulatingControl.discrete>false</cim:RegulatingControl.discrete>
 <cim:RegulatingControl.targetValue>20.4</cim:RegulatingControl.targetValue>
 <cim:RegulatingControl.targetValueUnitMultiplier rdf:resource="http://iec.ch/TC57/2013/CIM-schema-cim16#UnitMultiplier.k"/></cim:RegulatingControl>
"""
TP = """
<cim:TopologicalNode rdf:ID="_n1"><cim:IdentifiedObject.name>Nord</cim:IdentifiedObject.name><cim:TopologicalNode.BaseVoltage rdf:resource="#_bv"/>
 <cim:TopologicalNode.ConnectivityNodeContainer rdf:resource="#_v1"/></cim:TopologicalNode>
<cim:TopologicalNode rdf:ID="_n2"><cim:IdentifiedObject.name>Sud</cim:IdentifiedObject.name><cim:TopologicalNode.BaseVoltage rdf:resource="#_bv"/>
 <cim:TopologicalNode.ConnectivityNodeContainer rdf:resource="#_v2"/></cim:TopologicalNode>
"""
SV = """
<cim:SvVoltage rdf:ID="_u1"><cim:SvVoltage.v>20.4</cim:SvVoltage.v><cim:SvVoltage.angle>0</cim:SvVoltage.angle><cim:SvVoltage.TopologicalNode rdf:resource="#_n1"/></cim:SvVoltage>
<cim:SvVoltage rdf:ID="_u2"><cim:SvVoltage.v>20.3</cim:SvVoltage.v><cim:SvVoltage.angle>0</cim:SvVoltage.angle><cim:SvVoltage.TopologicalNode rdf:resource="#_n2"/></cim:SvVoltage>
"""


def profiles() -> dict[str, str]:
    """Return the text of each profile."""
    eq = EQ + "".join(TERMINAL.format(id=i, of=of, n=n) for i, of, n, _ in TERMINALS)
    on = "".join(
        f'<cim:Terminal rdf:about="#{i}"><cim:ACDCTerminal.connected>true</cim:ACDCTerminal.connected></cim:Terminal>\n'
        for i, *_ in TERMINALS
    )
    at = "".join(
        f'<cim:Terminal rdf:about="#{i}"><cim:Terminal.TopologicalNode rdf:resource="#{node}"/></cim:Terminal>\n'
        for i, _, _, node in TERMINALS
    )
    made = {
        "EQ": ("EquipmentCore/3/1", eq),
        "SSH": ("SteadyStateHypothesis/1/1", SSH + on),
        "TP": ("Topology/4/1", TP + at),
        "SV": ("StateVariables/4/1", SV),
    }
    return {
        name: HEAD + MODEL.format(name=name.lower(), profile=profile) + body + "</rdf:RDF>\n"
        for name, (profile, body) in made.items()
    }


def write_zip(path: Path) -> Path:
    """Write all profiles into one archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in profiles().items():
            archive.writestr(f"town_{name}.xml", text)
    return path


def write_folder(folder: Path) -> Path:
    """Write each profile into a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in profiles().items():
        (folder / f"town_{name}.xml").write_text(text, encoding="utf-8")
    return folder


GL = """
<cim:CoordinateSystem rdf:ID="_cs"><cim:CoordinateSystem.crsUrn>urn:ogc:def:crs:EPSG::4326</cim:CoordinateSystem.crsUrn></cim:CoordinateSystem>
<cim:Location rdf:ID="_a1"><cim:Location.PowerSystemResources rdf:resource="#_s1"/><cim:Location.CoordinateSystem rdf:resource="#_cs"/></cim:Location>
<cim:PositionPoint rdf:ID="_p1"><cim:PositionPoint.Location rdf:resource="#_a1"/><cim:PositionPoint.sequenceNumber>1</cim:PositionPoint.sequenceNumber>
 <cim:PositionPoint.xPosition>2.27</cim:PositionPoint.xPosition><cim:PositionPoint.yPosition>48.82</cim:PositionPoint.yPosition></cim:PositionPoint>
<cim:Location rdf:ID="_a2"><cim:Location.PowerSystemResources rdf:resource="#_s2"/><cim:Location.CoordinateSystem rdf:resource="#_cs"/></cim:Location>
<cim:PositionPoint rdf:ID="_p2"><cim:PositionPoint.Location rdf:resource="#_a2"/><cim:PositionPoint.sequenceNumber>1</cim:PositionPoint.sequenceNumber>
 <cim:PositionPoint.xPosition>2.29</cim:PositionPoint.xPosition><cim:PositionPoint.yPosition>48.82</cim:PositionPoint.yPosition></cim:PositionPoint>
"""
"""Where the substations are: a profile that not every model has."""


def write_placed(path: Path) -> Path:
    """Write all profiles and the places of the substations into one archive."""
    write_zip(path)
    with zipfile.ZipFile(path, "a") as archive:
        profile = "GeographicalLocation/2/1"
        text = HEAD + MODEL.format(name="gl", profile=profile) + GL + "</rdf:RDF>\n"
        archive.writestr("town_GL.xml", text)
    return path
