/// One CURVE connection with fixed keys and nonces, byte by byte.
///
/// Real libzmq servers and clients accepted what the same code made of their own keys.
enum CurveTranscript {
    static let clientSecret = hex(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    )
    static let serverSecret = hex(
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    )
    /// c′, s′ and K.
    static let clientTransient = [UInt8](0x01...0x20)
    static let serverTransient = [UInt8](0x21...0x40)
    static let cookieKey = [UInt8](0x41...0x60)
    static let welcomeNonce = [UInt8](0xa0...0xaf)
    static let cookieNonce = [UInt8](0xb0...0xbf)
    static let vouchNonce = [UInt8](0xc0...0xcf)

    static let hello = hex(
        """
        04 c8 05 48 45 4c 4c 4f 01 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 07 a3 7c bc 14 20 93 c8 b7 55 dc 1b 10 e8
        6c b4 26 37 4a d1 6a a8 53 ed 0b df c0 b2 b8 6d
        1c 7c 00 00 00 00 00 00 00 01 95 c4 34 4b f5 90
        d8 04 11 ea 64 53 25 55 89 0c 39 16 5c f4 b2 33
        56 75 ea 40 22 bb b7 12 9d 5c b2 9a 88 9e f2 a1
        d7 73 9e bb 42 2f ec 69 91 16 03 ac e1 13 ca 50
        ba 26 f6 62 4a bd fa 26 ee de 99 92 24 7a 27 03
        fb e7 6c a1 eb 8c 3f 2d ce 68
        """
    )

    static let welcome = hex(
        """
        04 a8 07 57 45 4c 43 4f 4d 45 a0 a1 a2 a3 a4 a5
        a6 a7 a8 a9 aa ab ac ad ae af e4 3f db 28 3d 7b
        75 b9 f7 3b c3 8e cb e6 79 ec b3 20 5a 05 69 80
        7d 6d b0 03 74 52 d3 f9 96 be 26 86 84 c0 33 fa
        0d 02 5b 92 12 f3 1b 03 57 f6 b1 f4 9e af 66 92
        b8 73 47 f2 9b 6a f7 ba b5 18 a9 c8 f0 ec 2d 03
        0e 2a 5d dc 0a de d7 2f 3d 34 26 88 fd 2f 9e 0e
        8f 08 4c 37 e5 76 f2 b7 0f a0 f8 52 d5 d6 f4 ac
        a1 9a 79 ef a3 36 4d 02 5a 73 32 34 82 11 a7 40
        a1 5b 63 6e c6 6b 8d 01 b1 7a a5 68 3e 42 7c 1e
        d7 79 04 a5 9a 32 19 74 43 6a
        """
    )

    static let initiate = hex(
        """
        06 00 00 00 00 00 00 01 25 08 49 4e 49 54 49 41
        54 45 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 ba bb bc bd
        be bf 8c a4 25 49 4c 57 43 28 d1 11 ee f2 4e 3b
        0b 3d 84 03 73 c6 50 95 e0 e3 7b 27 c1 e6 f8 02
        34 37 d2 6f 84 b0 9d 05 2f d3 e5 06 42 b7 34 f2
        f2 bd 12 b6 16 52 b7 83 fe a7 c1 73 45 b4 41 21
        87 68 22 65 53 28 b6 0b bd b5 8a a4 8c a0 29 ff
        f9 7e 00 00 00 00 00 00 00 02 df 3a 52 6d ab a2
        f7 bd f2 b9 d8 92 a4 85 eb a0 ca 10 8b 50 b1 79
        3c b9 f3 2a 07 d4 e1 1e 82 d0 23 f4 db 22 86 53
        a7 24 56 5c b2 1b 38 1f 76 f9 dd f0 a7 4d 63 d9
        4a e8 f6 76 47 6c 03 55 f3 3f 84 c0 5c ab af ad
        32 bd 79 3d f9 77 47 7e cf 0f 49 2d 23 df 66 11
        66 6e 2c 37 09 31 24 06 11 76 ba f5 8c 37 b2 4e
        67 79 90 62 24 9c 17 fb 61 cc 4b 43 29 cf 62 34
        b7 79 7f 5c dd 37 05 fe 04 c2 d6 af 14 ae 1e e2
        03 c6 88 8e 5f 2d eb 0f dd 10 75 23 cd b6 61 2d
        1d cd 2e 3c 10 25 f1 b8 64 25 72 65 3b 80 96 33
        9e 6d fa bc a0 05 b8 14 c1 5e 89 d3 e3 68
        """
    )

    static let ready = hex(
        """
        04 41 05 52 45 41 44 59 00 00 00 00 00 00 00 01
        64 00 86 d1 ab 15 4a 21 cf 6b 4b 63 c8 99 4a 57
        e5 b9 76 c4 83 ec 06 54 f9 01 c1 9a 18 be f5 ba
        8a 05 83 56 ad bb 7f 4f d9 71 d3 a3 f9 62 9b ff
        74 d7 9f
        """
    )

    static let firstFromClient = hex(
        """
        00 26 07 4d 45 53 53 41 47 45 00 00 00 00 00 00
        00 03 b4 52 7c 11 4f 53 c3 ce c4 14 85 9f b9 d8
        a9 31 22 27 31 a3 f5 fd
        """
    )

    static let firstFromServer = hex(
        """
        00 26 07 4d 45 53 53 41 47 45 00 00 00 00 00 00
        00 02 a6 62 16 9e f9 20 c7 f6 70 26 62 2e 7e a8
        43 8d 20 56 eb 04 f1 86
        """
    )

    static let subscription = hex(
        """
        00 2e 07 4d 45 53 53 41 47 45 00 00 00 00 00 00
        00 04 e4 af 15 2a a8 23 d6 c8 9f db cd ae f1 dc
        97 81 6a 84 e5 4d e7 14 92 8f c3 57 16 55 7f 59
        """
    )
}
