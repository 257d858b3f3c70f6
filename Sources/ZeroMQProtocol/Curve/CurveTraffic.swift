/// Both directions of a connection after CURVE's handshake.
package struct CurveTraffic: Sendable {
    package var sender: CurveSender
    package var receiver: CurveReceiver
}
