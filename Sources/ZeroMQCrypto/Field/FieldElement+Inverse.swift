extension FieldElement {
    /// The number whose product with this one is 1; zero for zero.
    ///
    /// By Fermat it is the power 2^255 − 21, reached by squarings and eleven products.
    var inverse: FieldElement {
        let two = squared
        let nine = two.squared(times: 2) * self
        let eleven = nine * two
        // A name says how many ones the exponent has in binary.
        let ones5 = eleven.squared * nine
        let ones10 = ones5.squared(times: 5) * ones5
        let ones20 = ones10.squared(times: 10) * ones10
        let ones40 = ones20.squared(times: 20) * ones20
        let ones50 = ones40.squared(times: 10) * ones10
        let ones100 = ones50.squared(times: 50) * ones50
        let ones200 = ones100.squared(times: 100) * ones100
        let ones250 = ones200.squared(times: 50) * ones50
        return ones250.squared(times: 5) * eleven
    }
}
